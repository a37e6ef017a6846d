using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>Tables one behind the other, which are never given back.</summary>
internal readonly struct BumpTables : ITableFrameSource
{
    private readonly ImageMemory _memory;
    private readonly ulong _tableBytes;
    private readonly Position _next;

    public BumpTables(ImageMemory memory, PhysAddr first, ulong tableBytes)
    {
        _memory = memory;
        _tableBytes = tableBytes;
        _next = new Position { At = first.AlignUp(tableBytes) };
    }

    public bool TryAllocate(out FrameNumber frame)
    {
        frame = _next.At.ContainingFrame;
        for (ulong offset = 0; offset < _tableBytes; offset += FrameNumber.SizeBytes) _memory.ZeroFrame((_next.At + offset).ContainingFrame);
        _next.At += _tableBytes;
        return true;
    }

    public void Free(FrameNumber frame) => throw new LabException("a table was given back");

    private sealed class Position
    {
        public PhysAddr At { get; set; }
    }
}
