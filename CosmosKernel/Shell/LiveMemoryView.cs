using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The machine's memory as the commands see it.</summary>
public sealed class LiveMemoryView : IMemoryView
{
    /// <inheritdoc/>
    public MemoryMap Map => KernelMemory.Map;

    /// <inheritdoc/>
    public ReservedRegions Reserved => KernelMemory.Reserved;

    /// <inheritdoc/>
    public FrameStatistics Frames => KernelMemory.Frames.Statistics;

    /// <inheritdoc/>
    public int ZoneCount => KernelMemory.Frames.ZoneCount;

    /// <inheritdoc/>
    public ulong FramesOf(FrameOwner owner) => KernelMemory.Frames.OwnedBy(owner);

    /// <inheritdoc/>
    public bool TryDescribe(FrameNumber frame, out FrameDescriptor descriptor) => KernelMemory.Frames.TryDescribe(frame, out descriptor);

    /// <inheritdoc/>
    public Zone ZoneAt(int index) => KernelMemory.Frames.ZoneAt(index);
}
