using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The machine's frames, by hand.</summary>
public sealed class LiveFrameHand : IFrameHand
{
    /// <inheritdoc/>
    public bool TryTake(Order order, FrameRequest request, out FrameNumber frame) => KernelMemory.Frames.TryAllocate(order, request, out frame);

    /// <inheritdoc/>
    public FreeResult Give(FrameNumber frame, Order order) => KernelMemory.Frames.Free(frame, order);

    /// <inheritdoc/>
    public void Drain() => KernelMemory.Frames.DrainAll();
}
