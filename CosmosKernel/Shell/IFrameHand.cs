using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What takes frames and gives them back by hand: the machine's memory, or a test's.</summary>
public interface IFrameHand
{
    /// <summary>Allocates a block; false when the request cannot be served.</summary>
    bool TryTake(Order order, FrameRequest request, out FrameNumber frame);

    /// <summary>Frees a block.</summary>
    FreeResult Give(FrameNumber frame, Order order);

    /// <summary>Gives what the CPUs' caches have back to the zones.</summary>
    void Drain();
}
