using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>The invariants, checked on all tables.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    /// <summary>The first of the type's invariants that does not hold.</summary>
    public readonly PagingInvariant Validate()
    {
        ulong tableCount = 0;
        PagingInvariant broken = ValidateTable(_root, _entries.TopLevel, _entries.First, _entries.Format.AllRights, ref tableCount);
        if (broken != PagingInvariant.None) return broken;
        return tableCount == _tableCount ? PagingInvariant.None : PagingInvariant.TableCountIsRight;
    }

    private readonly bool CanForbidExecution => (_entries.Format.Nearest(PageFlags.Present) & PageFlags.Executable) == 0;

    // As deep as the format has levels.
    private readonly PagingInvariant ValidateTable(PhysAddr table, int level, VirtAddr start, ulong rights, ref ulong tableCount)
    {
        tableCount++;
        int count = _entries.EntryCountOf(_entries.ShiftOf(level));
        if (_topTables == TopTables.UpperShared && level == _entries.TopLevel) count /= 2;
        for (int index = 0; index < count; index++)
        {
            ulong entry = _entries.Read(_entries.SlotAt(table, index));
            if (!_entries.Format.IsPresent(entry)) continue;
            ulong reserved = _entries.Format.ReservedBits(entry, level, _entries.Format.PhysicalBits);
            if ((entry & reserved) != 0) return PagingInvariant.NoReservedBitIsSet;
            VirtAddr address = VirtAddr.FromTrusted(start.Value + ((ulong)(uint)index << _entries.ShiftOf(level)));
            if (level == 1 && ShowsTables(address))
            {
                if (!IsRecursionRight(entry, address)) return PagingInvariant.RecursionShowsTables;
                continue;
            }

            PagingInvariant broken = IsPage(entry, level)
                ? ValidatePage(entry, level, address, rights)
                : ValidateLink(entry, level, address, rights, ref tableCount);
            if (broken != PagingInvariant.None) return broken;
        }

        return PagingInvariant.None;
    }

    private readonly PagingInvariant ValidatePage(ulong entry, int level, VirtAddr address, ulong rights)
    {
        if (address == VirtAddr.Zero) return PagingInvariant.PageZeroIsNotMapped;
        return CanForbidExecution && IsWritableAndExecutable(_entries.Format.DecodePage(entry, level, rights))
            ? PagingInvariant.NothingIsWritableAndExecutable
            : PagingInvariant.None;
    }

    private readonly PagingInvariant ValidateLink(ulong entry, int level, VirtAddr address, ulong rights, ref ulong tableCount)
    {
        PhysAddr table = _entries.Format.TableAddress(entry);
        int present = _entries.CountPresent(table, level - 1);
        bool isKept = _topTables == TopTables.Kept && level == _entries.TopLevel;
        if (present == 0 && !isKept) return PagingInvariant.LinkedTablesAreNotEmpty;
        bool isCounted = _entries.Format.TableCountShift >= 0;
        if (isCounted && _entries.CountIn(entry) != present) return PagingInvariant.EntryCountsAreRight;
        return ValidateTable(table, level - 1, address, _entries.Format.NarrowRights(rights, entry, level), ref tableCount);
    }
}
