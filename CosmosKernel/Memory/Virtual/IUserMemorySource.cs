using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Where the memory of processes comes from: frames with counts of their users, and room for what describes areas.</summary>
/// <remarks>Used as a struct type parameter and copied freely: an instance is a handle. Nothing here collects, waits or throws.</remarks>
public unsafe interface IUserMemorySource : IAreaNodeSource
{
    /// <summary>A frame that is always zero and that nobody may write; it has no count and never goes back.</summary>
    FrameNumber ZeroFrame { get; }

    /// <summary>Hands out a frame with one user; false when there is none.</summary>
    bool TryAllocateFrame(Zeroing zeroing, out FrameNumber frame);

    /// <summary>Counts one user more; false when that cannot be counted.</summary>
    bool TryShareFrame(FrameNumber frame);

    /// <summary>Counts one user less; the last one gives the frame back.</summary>
    void ReleaseFrame(FrameNumber frame);

    /// <summary>Whether the frame has one user.</summary>
    bool IsSoleUser(FrameNumber frame);

    /// <summary>Hands out room for an object, with any content; false when there is none.</summary>
    bool TryAllocateObject(out MemoryObject* backing);

    /// <summary>Waits until no other processor adds pages to an object.</summary>
    void EnterObject();

    /// <summary>Lets another do so.</summary>
    void LeaveObject();

    /// <summary>Takes an object's room back.</summary>
    void FreeObject(MemoryObject* backing);
}
