using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>A few page tables that went out of use on a processor, to be used again there as they are; it lies in <see cref="ProcessorLocals.Tables"/>.</summary>
/// <remarks>
/// A table goes out of use when its last entry has been cleared, so all of it is zero, which is what a new one has to be. A program that maps
/// and unmaps a page where nothing else is gives up two tables each time and wants them back. The frames stay the page tables'. Only the
/// processor itself takes and keeps; all of them are linked, so that they can be counted.
/// </remarks>
internal unsafe struct ClearTables
{
    /// <summary>As many as an address space of a small program has.</summary>
    private const int Capacity = 8;

    private fixed ulong _frames[Capacity];
    private int _count;
    private ClearTables* _next;

    /// <summary>How many are kept.</summary>
    internal readonly int Count => _count;

    /// <summary>Those of the processor that was there before; null at the first.</summary>
    internal readonly ClearTables* Next => _next;

    /// <summary>Those in what a processor has for itself.</summary>
    internal static ClearTables* Of(ProcessorLocals* locals) => (ClearTables*)locals->Tables; // SAFETY: they fit, as Create checks.

    /// <summary>None yet, on a processor that is there after that of <paramref name="next"/>.</summary>
    internal static ClearTables* Create(ProcessorLocals* locals, ClearTables* next)
    {
        KernelAssert.That(sizeof(ClearTables) <= ProcessorLocals.TablesBytes, "ClearTables: no room");
        ClearTables* tables = Of(locals);
        *tables = default;
        tables->_next = next;
        return tables;
    }

    /// <summary>Takes one that was kept; false when there is none.</summary>
    internal bool TryTake(out FrameNumber frame)
    {
        frame = default;
        if (_count == 0) return false;
        frame = FrameNumber.FromTrusted(_frames[--_count]); // SAFETY: below the capacity.
        return true;
    }

    /// <summary>Keeps one that is clear; false when there is no room.</summary>
    internal bool TryKeep(FrameNumber frame)
    {
        if (_count == Capacity) return false;
        _frames[_count++] = frame.Value; // SAFETY: below the capacity.
        return true;
    }
}
