using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Mmu;

/// <summary>Page tables from the lowest frames of a range upwards, which are never given back.</summary>
internal readonly struct LowTables(HostMemory memory, FrameRange frames, int tableShift) : ITableFrameSource
{
    private readonly Position _next = new(frames.Start);

    public bool TryAllocate(out FrameNumber frame)
    {
        frame = _next.Frame;
        ulong count = 1UL << (tableShift - FrameNumber.Shift);
        if (frames.End - frame < count) return false;
        for (ulong i = 0; i < count; i++) memory.ZeroFrame(frame + i);
        _next.Frame = frame + count;
        return true;
    }

    public void Free(FrameNumber frame) => KernelAssert.That(condition: false, "LowTables: a table came back");

    private sealed class Position(FrameNumber frame)
    {
        public FrameNumber Frame { get; set; } = frame;
    }
}
