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
    public ReservedRegions Reserved => KernelMemory.Frames.Reserved;

    /// <inheritdoc/>
    public FrameStatistics Frames => KernelMemory.Frames.Statistics;

    /// <inheritdoc/>
    public string Allocator => KernelMemory.CommandLine.Frames.IsEmpty ? FrameAllocators.Default : KernelMemory.CommandLine.Frames.ToString();

    /// <inheritdoc/>
    public int ZoneCount => KernelMemory.Frames.ZoneCount;

    /// <inheritdoc/>
    public ulong FramesOf(FrameOwner owner) => KernelMemory.Frames.OwnedBy(owner);

    /// <inheritdoc/>
    public FrameReport Describe(FrameNumber frame) => KernelMemory.Frames.Describe(frame);

    /// <inheritdoc/>
    public Zone ZoneAt(int index) => KernelMemory.Frames.ZoneAt(index);
}
