using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Where the entries of page tables lie, and access to them: what the walker and the mapper share.</summary>
internal readonly struct TableEntries<TMemory, TFormat>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
{
    /// <summary>log2 of an entry's size.</summary>
    private const int EntryShift = 3;

    /// <summary>Ten bits: a table has up to 512 present entries.</summary>
    private const int CountMask = 0x3FF;

    public readonly TFormat Format;
    public readonly TMemory Memory;

    public TableEntries(TMemory memory)
    {
        Memory = memory;
        Format = default;
    }

    public int TopLevel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Format.LevelCount - 1;
    }

    public int TopShift
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Format.PageShift + ((Format.LevelCount - 1) * Format.IndexBits);
    }

    public int EntryCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1 << Format.IndexBits;
    }

    /// <summary>log2 of what an entry of a table at <paramref name="level"/> covers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ShiftOf(int level) => Format.PageShift + (level * Format.IndexBits);

    /// <summary>What an entry of a table at <paramref name="level"/> covers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong SizeOf(int level) => 1UL << ShiftOf(level);

    /// <summary>Whether a table at <paramref name="level"/> can map pages in this format.</summary>
    public bool CanBeLeaf(int level) => ((Format.LeafLevels >> level) & 1) != 0;

    /// <summary>The number of <paramref name="address"/>'s entry in a table whose entries cover 2^<paramref name="shift"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(VirtAddr address, int shift) => (int)(address.Value >> shift) & (EntryCount - 1);

    /// <summary>Where <paramref name="address"/>'s entry lies in a table whose entries cover 2^<paramref name="shift"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr SlotOf(PhysAddr table, VirtAddr address, int shift)
    {
        // The index times the entry's size, in one shift.
        ulong offset = (address.Value >> (shift - EntryShift)) & ((ulong)(EntryCount - 1) << EntryShift);
        return PhysAddr.FromTrusted(table.Value + offset);
    }

    /// <summary>Where entry <paramref name="index"/> of <paramref name="table"/> lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr SlotAt(PhysAddr table, int index) => PhysAddr.FromTrusted(table.Value + ((ulong)(uint)index << EntryShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(PhysAddr slot) => Memory.ReadWord(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PhysAddr slot, ulong entry) => Memory.WriteWord(slot, entry);

    /// <summary>Whether no entry of <paramref name="table"/>, to which <paramref name="parentEntry"/> points, is present.</summary>
    public bool IsEmpty(PhysAddr table, ulong parentEntry)
    {
        if (Format.TableCountShift >= 0) return CountIn(parentEntry) == 0;
        for (int index = 0; index < EntryCount; index++)
        {
            if (Format.IsPresent(Read(SlotAt(table, index)))) return false;
        }

        return true;
    }

    /// <summary>The count that the mapper keeps in a table's entry in its parent; 0 when the format has no room for one.</summary>
    public int CountIn(ulong parentEntry) =>
        Format.TableCountShift >= 0 ? (int)(parentEntry >> Format.TableCountShift) & CountMask : 0;

    /// <summary>The bits of a table's entry in its parent that say it has <paramref name="count"/> present entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong CountBits(int count) =>
        Format.TableCountShift >= 0 ? (ulong)(uint)count << Format.TableCountShift : 0;

    /// <summary>How many entries of <paramref name="table"/> are present.</summary>
    public int CountPresent(PhysAddr table)
    {
        int count = 0;
        for (int index = 0; index < EntryCount; index++)
        {
            if (Format.IsPresent(Read(SlotAt(table, index)))) count++;
        }

        return count;
    }
}
