using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Where the entries of page tables lie, and access to them: what the walker and the mapper share.</summary>
internal readonly struct TableEntries<TMemory, TFormat>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
{
    private const int WordShift = 3;

    // The loop over absent entries takes eight a turn, which leaves little beside the reads.
    private const int EntriesPerTurn = 8;

    /// <summary>Ten bits: a table has up to 512 present entries.</summary>
    private const int CountMask = 0x3FF;

    public readonly TMemory Memory;

    public TableEntries(TMemory memory)
    {
        Memory = memory;
    }

    // Not a field: an empty struct is copied byte by byte.
    public TFormat Format
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
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

    /// <summary>The root's level when there are no more levels than the least.</summary>
    public int LeastTop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Format.LeastLevelCount - 1;
    }

    /// <summary>Whether there are no more levels than the least.</summary>
    public bool HasLeastLevels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Format.LevelCount == Format.LeastLevelCount;
    }

    /// <summary>Whether an entry is a word of memory.</summary>
    public bool HasWords
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Format.EntryShift == WordShift;
    }

    /// <summary>Whether an entry has bits set that this format reserves on a machine with the widest physical addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsReserved(ulong entry, int level) => (entry & Format.ReservedBits(entry, level, Format.PhysicalBits)) != 0;

    /// <summary>The lowest address of the format.</summary>
    public VirtAddr First => AddressAt(0);

    /// <summary>log2 of the number of entries in a table whose entries cover 2^<paramref name="shift"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexBitsOf(int shift)
    {
        bool isLikeOthers = Format.RootIndexBits == Format.IndexBits || shift != TopShift;
        return isLikeOthers ? Format.IndexBits : Format.RootIndexBits;
    }

    /// <summary>The number of entries in a table whose entries cover 2^<paramref name="shift"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int EntryCountOf(int shift) => 1 << IndexBitsOf(shift);

    /// <summary>Whether <paramref name="address"/> is one of the format's virtual addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsCanonical(VirtAddr address) => IsCanonical(address, Format.VirtualBits);

    /// <summary>Whether <paramref name="address"/> is one of the format's virtual addresses when there are no more levels than the least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsCanonicalAtLeast(VirtAddr address) =>
        IsCanonical(address, Format.PageShift + (LeastTop * Format.IndexBits) + Format.RootIndexBits);

    /// <summary>Whether tables at <paramref name="level"/> are the root; mostly a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTop(int level) => level >= LeastTop && level == TopLevel;

    /// <summary>The address that the tables translate by <paramref name="bits"/>, the address without what the format's rule says of the rest.</summary>
    public VirtAddr AddressAt(ulong bits)
    {
        if (Format.Halves == AddressHalves.Both) return VirtAddr.Truncate(bits, Format.VirtualBits);
        ulong above = Format.Halves == AddressHalves.Lower ? 0 : ulong.MaxValue << Format.VirtualBits;
        return VirtAddr.FromTrusted(above | bits);
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
    public int IndexOf(VirtAddr address, int shift) => (int)(address.Value >> shift) & (EntryCountOf(shift) - 1);

    /// <summary>Where <paramref name="address"/>'s entry lies in a table whose entries cover 2^<paramref name="shift"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr SlotOf(PhysAddr table, VirtAddr address, int shift)
    {
        // The index times the entry's size, in one shift.
        ulong offset = (address.Value >> (shift - Format.EntryShift)) & ((ulong)(EntryCountOf(shift) - 1) << Format.EntryShift);
        return PhysAddr.FromTrusted(table.Value + offset);
    }

    /// <summary>Where entry <paramref name="index"/> of <paramref name="table"/> lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr SlotAt(PhysAddr table, int index) => PhysAddr.FromTrusted(table.Value + ((ulong)(uint)index << Format.EntryShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(PhysAddr slot) => HasWords ? Memory.ReadWord(slot) : Memory.ReadHalfWord(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PhysAddr slot, ulong entry)
    {
        if (HasWords) Memory.WriteWord(slot, entry);
        else Memory.WriteHalfWord(slot, (uint)entry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsCanonical(VirtAddr address, int virtualBits)
    {
        if (Format.Halves == AddressHalves.Both) return address.IsCanonical(virtualBits);
        ulong above = address.Value >> virtualBits;
        return above == (Format.Halves == AddressHalves.Lower ? 0 : ulong.MaxValue >> virtualBits);
    }

    /// <summary>Whether no entry of <paramref name="table"/> at <paramref name="level"/>, to which <paramref name="parentEntry"/> points, is present.</summary>
    public bool IsEmpty(PhysAddr table, int level, ulong parentEntry)
    {
        if (Format.TableCountShift >= 0) return CountIn(parentEntry) == 0;
        for (int index = 0; index < EntryCountOf(ShiftOf(level)); index++)
        {
            if (Format.IsPresent(Read(SlotAt(table, index)))) return false;
        }

        return true;
    }

    /// <summary>The count that the mapper keeps in a table's entry in its parent; 0 when the format has no room for one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountIn(ulong parentEntry) =>
        Format.TableCountShift >= 0 ? (int)(parentEntry >> Format.TableCountShift) & CountMask : 0;

    /// <summary>The bits of a table's entry in its parent that say it has <paramref name="count"/> present entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong CountBits(int count) =>
        Format.TableCountShift >= 0 ? (ulong)(uint)count << Format.TableCountShift : 0;

    /// <summary>Whether one of <paramref name="count"/> entries in a row is present, from that at <paramref name="slot"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAnyPresent(PhysAddr slot, int count) => CountAbsent(slot, count) < count;

    /// <summary>How many entries in a row are absent, from that at <paramref name="slot"/> on: at most <paramref name="limit"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int CountAbsent(PhysAddr slot, int limit)
    {
        int count = 0;
        for (; count + EntriesPerTurn <= limit; count += EntriesPerTurn)
        {
            // Presence is one bit in every format.
            ulong any = Read(slot) | Read(SlotAt(slot, 1)) | Read(SlotAt(slot, 2)) | Read(SlotAt(slot, 3))
                | Read(SlotAt(slot, 4)) | Read(SlotAt(slot, 5)) | Read(SlotAt(slot, 6)) | Read(SlotAt(slot, 7));
            if (Format.IsPresent(any)) break;
            slot = SlotAt(slot, EntriesPerTurn);
        }

        for (; count < limit && !Format.IsPresent(Read(slot)); count++) slot = SlotAt(slot, 1);
        return count;
    }

    /// <summary>How many entries of <paramref name="table"/> at <paramref name="level"/> are present.</summary>
    public int CountPresent(PhysAddr table, int level)
    {
        int count = 0;
        for (int index = 0; index < EntryCountOf(ShiftOf(level)); index++)
        {
            if (Format.IsPresent(Read(SlotAt(table, index)))) count++;
        }

        return count;
    }
}
