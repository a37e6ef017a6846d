using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>The recursive directory: the tables shown to those who run on them, at the end of the address space.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    // Where the window starts; it goes on to the last address.
    private readonly VirtAddr Window =>
        VirtAddr.FromTrusted((1UL << _entries.Format.VirtualBits) - ((ulong)(uint)_entries.Format.RecursiveEntries << _entries.ShiftOf(1)));

    /// <summary>Lets the tables at levels 0 and 1 be seen at the end of the address space, for the kernel alone, writable and not executable.</summary>
    /// <remarks>
    /// The last entries of the last table at level 1 point to the tables at that level, so that the processor, having gone down to one of
    /// them, takes it for one at level 0 (for two levels that table is the root). Formats of 32-bit addresses have the option; where more
    /// than one entry is needed the tables that the root points to are made and must be <see cref="TopTables.Kept"/>. From then on a change of an
    /// entry above level 0 asks for everything to be forgotten, because a page of the window has changed with it.
    /// </remarks>
    /// <param name="result">Ok; SizeNotSupported when the format has not the option; AlreadyMapped; OutOfTables. Other than Ok, nothing was changed.</param>
    public PendingFlush MakeRecursive(out PagingResult result)
    {
        result = CheckRecursion(out ulong tablesNeeded);
        FrameChain<TMemory> reserve = default;
        if (result == PagingResult.Ok && !TryReserve(tablesNeeded, out reserve)) result = PagingResult.OutOfTables;
        if (result != PagingResult.Ok) return PendingFlush.None;

        PathChange changed = PathChange.None;
        PhysAddr last = MakePath(Window, 1, PageFlags.None, ref reserve, ref changed, out _);
        for (int index = 0; index < _entries.Format.RecursiveEntries; index++)
        {
            PhysAddr table = MakePath(StartOfTable(index), 1, PageFlags.None, ref reserve, ref changed, out _);
            _entries.Write(_entries.SlotAt(last, RecursiveIndex(index)), RecursiveEntry(table));
        }

        KernelAssert.That(reserve.Count == 0, "PageMapper: took more tables than it needs");
        _isRecursive = true;
        return _entries.Format.HoldsRoot ? PendingFlush.Everything(FlushScope.AddressSpace) : PendingFlush.None;
    }

    /// <summary>Where those who run on the tables see the entry at <paramref name="level"/>, 0 or 1, of <paramref name="address"/>.</summary>
    /// <remarks>The entry at level 0 only where a table is.</remarks>
    public readonly VirtAddr EntryInWindow(VirtAddr address, int level)
    {
        KernelAssert.That(_isRecursive && level is 0 or 1, "PageMapper: no recursive directory shows that");
        VirtAddr entry = Window + ((address.Value >> _entries.Format.PageShift) << _entries.Format.EntryShift);
        return level == 0 ? entry : EntryInWindow(entry, 0);
    }

    // Whether the tables are seen at `address` or behind it, so that it is nobody's to change. A constant for most formats.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool ShowsTables(VirtAddr address) => _entries.Format.RecursiveEntries != 0 && _isRecursive && address >= Window;

    // What a change of an entry at `level` asks for beside `flush`: the window's page that is the entry's table, or was.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly PendingFlush WithWindow(PendingFlush flush, int level) =>
        _entries.Format.RecursiveEntries != 0 && _isRecursive && level != 0 ? WithEverything(flush) : flush;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PendingFlush WithEverything(PendingFlush flush) => flush.And(PendingFlush.Everything(FlushScope.AddressSpace));

    private readonly PagingResult CheckRecursion(out ulong tablesNeeded)
    {
        tablesNeeded = 0;
        if (_entries.Format.RecursiveEntries == 0) return PagingResult.SizeNotSupported;
        KernelAssert.That(_topTables != TopTables.UpperShared, "PageMapper: the end of the address space is another root's");
        KernelAssert.That(_entries.TopLevel == 1 || _topTables == TopTables.Kept, "PageMapper: a table that the recursive directory shows may go");
        for (int index = 0; index < _entries.Format.RecursiveEntries; index++)
        {
            if (Deepest(StartOfTable(index), 1).Level != 1) tablesNeeded++;
            FoundEntry entry = Deepest(Window + ((ulong)(uint)index << _entries.ShiftOf(1)), 1);
            if (entry.Level == 1 && _entries.Format.IsPresent(entry.Entry)) return PagingResult.AlreadyMapped;
        }

        return PagingResult.Ok;
    }

    private readonly VirtAddr StartOfTable(int index) => VirtAddr.FromTrusted((ulong)(uint)index << (_entries.ShiftOf(1) + _entries.IndexBitsOf(_entries.ShiftOf(1))));

    private readonly int RecursiveIndex(int index) => _entries.EntryCountOf(_entries.ShiftOf(1)) - _entries.Format.RecursiveEntries + index;

    // A table that forbids execution where one can, so that the tables seen through it are data.
    private readonly ulong RecursiveEntry(PhysAddr table) =>
        _entries.Format.TablePointer(table) | _entries.Format.TableBits(PageFlags.None, 1) | _entries.Format.NoExecuteInTables;

    private readonly bool IsRecursionRight(ulong entry, VirtAddr address)
    {
        int index = (int)((address - Window) >> _entries.ShiftOf(1));
        FoundEntry shown = Deepest(StartOfTable(index), 1);
        ulong noted = _entries.Format.EncodePage(PhysAddr.Zero, Noted, 0) & ~_entries.Format.EncodePage(PhysAddr.Zero, PageFlags.None, 0);
        return shown.Level == 1 && (entry & ~noted) == RecursiveEntry(shown.Table);
    }
}
