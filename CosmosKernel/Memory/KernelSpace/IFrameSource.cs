using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Where the frames behind kernel pages come from.</summary>
/// <remarks>Used as a struct type parameter and copied freely: an instance is a handle, its state lies elsewhere.</remarks>
public interface IFrameSource
{
    /// <summary>Hands out a frame whose bytes are all 0; false when there is none.</summary>
    bool TryAllocate(out FrameNumber frame);

    /// <summary>Takes back a frame that no processor reaches any more.</summary>
    void Free(FrameNumber frame);
}
