using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>A processor that remembers all that the manual lets one remember of page tables.</summary>
/// <remarks>
/// <para>
/// It walks every address after each write to the memory, and keeps what it finds until an instruction makes it forget (Intel SDM vol. 3A,
/// 4.10): translations of pages, each of the size that the tables give it, global or under a number (4.10.2); and
/// for each table the way there, with what the tables above allow (4.10.3). A way to a table that is no longer linked
/// is still gone, and what lies there now is read as entries. What an instruction forgets is exactly what it must (4.10.4.1), and what
/// the tables still say is found again at once. In formats that hold the root in registers its entries
/// are read when the root is loaded and at no other time (PAE, 4.4.1).
/// </para>
/// <para>
/// Something is stale when it says another frame, allows something else, or needs no dirty bit where the tables say otherwise; and, in formats
/// where absence is remembered, an absence that is over. What merely allows less is so too, although the fault that it causes forgets
/// it (4.10.4.3): whoever handles faults is not to know of such ones.
/// </para>
/// </remarks>
public sealed partial class ModelTlb : IMemoryWatcher
{
    private const PageFlags Rights = PageFlags.Writable | PageFlags.User | PageFlags.Executable;
    private const PageFlags Caching = PageFlags.WriteThrough | PageFlags.CacheDisabled | PageFlags.WriteCombining;

    private readonly IPagingFormat _format;
    private readonly WatchedMemory _memory;
    private readonly HashSet<HeldTable> _tables = [];
    private readonly Dictionary<ulong, List<HeldTable>> _loadedTables = [];
    private readonly HashSet<HeldPage> _pages = [];
    private readonly HashSet<HeldAbsence> _absences = [];
    private ulong[] _registers = [];
    private PhysAddr _root;
    private int _number;
    private bool _mayBeStale;
    private bool _hasForgotten;

    public ModelTlb(IPagingFormat format, WatchedMemory memory, PhysAddr root)
    {
        _format = format;
        _memory = memory;
        memory.Watcher = this;
        LoadRoot(root, 0, HeldTranslations.Forgotten);
    }

    /// <summary>How often each instruction was carried out: page, loaded, all, root.</summary>
    public (int Page, int Loaded, int All, int Root) Counts { get; private set; }

    /// <summary>The processor's instructions, for a driver of flushes.</summary>
    public ModelTlbInstructions Instructions => new(this);

    private ulong TableBytes => 1UL << _format.PageShift;

    private HeldTable Root => new(_number, _format.LevelCount - 1, 0, _root.Value, _format.AllRights);

    public void Carry(PendingFlush pending) => FlushDriver.Carry(Instructions, pending);

    /// <summary>Whether the processor may reach <paramref name="frame"/> under the loaded number.</summary>
    public bool Reaches(FrameNumber frame)
    {
        Recall();
        return _pages.Any(page => IsLoaded(page) && page.Covers(frame));
    }

    /// <summary>All translations of <paramref name="address"/> that the processor may use now; it may use any of them.</summary>
    public IReadOnlyCollection<HeldPage> Answers(VirtAddr address)
    {
        Recall();
        ulong at = Masked(address.Value);
        return _pages.Where(page => IsLoaded(page) && page.Contains(at)).ToList();
    }

    /// <summary>What the processor may use under the loaded number that the tables do not say; null when there is nothing.</summary>
    public string? FindStale()
    {
        Recall();
        if (!_mayBeStale) return null;
        foreach (HeldAbsence absence in _absences.Where(absence => absence.Number == _number)) return $"stale {absence}";
        foreach (HeldTable table in _tables.Where(table => table.Number == _number))
        {
            if (!IsHarmless(table)) return $"stale {table}";
        }

        foreach (HeldPage page in _pages.Where(IsLoaded))
        {
            if (!IsHarmless(page)) return $"stale {page}";
        }

        for (int index = 0; index < _registers.Length; index++)
        {
            ulong entry = Read(_root.Value, index);
            bool isSame = _format.IsPresent(entry) == _format.IsPresent(_registers[index])
                && (!_format.IsPresent(entry) || _format.TableAddress(entry) == _format.TableAddress(_registers[index]));
            if (!isSame) return $"register {index} holds 0x{_registers[index]:x}, the root 0x{entry:x}";
        }

        _mayBeStale = false;
        return null;
    }

    public void Writing(PhysAddr address, ulong oldValue, ulong newValue)
    {
        Recall();
        PhysAddr written = address.AlignDown(TableBytes);
        if (_registers.Length != 0 && written == _root) _mayBeStale = true;
        if (!_loadedTables.TryGetValue(written.Value, out List<HeldTable>? tables)) return;
        int index = (int)((address - written) >> _format.EntryShift);
        foreach (HeldTable table in tables.ToArray())
        {
            bool wasPresent = _format.IsPresent(oldValue);
            _mayBeStale |= wasPresent;
            bool isNew = !wasPresent && _format.IsPresent(newValue);
            if (isNew && _format.RemembersAbsence) _mayBeStale |= _absences.Add(new HeldAbsence(_number, table.Level, StartOf(table, index)));
            Learn(table, index, newValue);
        }
    }

    public void Freeing(FrameNumber frame)
    {
        Recall();
        bool isHeld = _tables.Any(table => table.Number == _number && table.Table == frame.Start.Value);
        KernelAssert.That(!isHeld, "ModelTlb: a table was freed that the processor still reads");
    }

    // What lies under an entry of a table that the processor knows a way to.
    private void Learn(HeldTable table, int index, ulong entry)
    {
        if (!_format.IsPresent(entry)) return;
        ulong start = StartOf(table, index);
        if (table.Level == 0 || _format.IsLeaf(entry, table.Level))
        {
            _pages.Add(PageOf(table, start, entry));
            return;
        }

        HeldTable next = NextOf(table, start, entry);
        if (!_tables.Add(next)) return;
        Follow(next);
    }

    private void Follow(HeldTable table)
    {
        if (!_loadedTables.TryGetValue(table.Table, out List<HeldTable>? ways)) _loadedTables.Add(table.Table, ways = []);
        ways.Add(table);
        if (!_memory.Frames.Contains(FrameOf(table))) return;
        PhysAddr address = PhysAddr.FromTrusted(table.Table);
        if (_format.EntryShift == 2) LearnAll(table, _memory.Items<uint>(address, TableBytes));
        else LearnAll(table, _memory.Items<ulong>(address, TableBytes));
    }

    private void LearnAll<T>(HeldTable table, ReadOnlySpan<T> entries)
        where T : unmanaged, INumber<T>
    {
        for (int index = 0; index < entries.Length; index++)
        {
            // Most entries are zeros, and those map nothing.
            int zeros = entries[index..].IndexOfAnyExcept(T.Zero);
            if (zeros < 0) return;
            index += zeros;
            Learn(table, index, ulong.CreateTruncating(entries[index]));
        }
    }

    private bool IsHarmless(HeldTable held)
    {
        HeldTable table = Root;
        while (table.Level > held.Level)
        {
            int index = IndexOf(held.Start, table.Level);
            ulong entry = Read(table.Table, index);
            if (!_format.IsPresent(entry) || _format.IsLeaf(entry, table.Level)) return false;
            table = NextOf(table, StartOf(table, index), entry);
        }

        return table.Table == held.Table && RightsOf(held.Rights) == RightsOf(table.Rights);
    }

    private bool IsHarmless(HeldPage held)
    {
        if (!TryWalk(held.Start, ViewOf.Tables, out HeldPage now)) return false;
        bool isSamePlace = now.FrameAt(held.Start) == held.Frame && (now.Flags & Caching) == (held.Flags & Caching);
        PageFlags excess = (held.Flags & ~now.Flags & (PageFlags.Dirty | PageFlags.Global)) | ((held.Flags ^ now.Flags) & Rights);
        return isSamePlace && now.Contains(held.Start + held.SizeBytes - 1) && excess == PageFlags.None;
    }

    // What the tables say of an address, or what the processor finds in them now.
    private bool TryWalk(ulong address, ViewOf view, out HeldPage page)
    {
        HeldTable table = Root;
        page = default;
        for (; ; )
        {
            int index = IndexOf(address, table.Level);
            bool isRegister = view == ViewOf.Processor && table.Level == _format.LevelCount - 1 && _registers.Length != 0;
            if (!isRegister && !_memory.Frames.Contains(FrameOf(table))) return false;
            ulong entry = isRegister ? _registers[index] : Read(table.Table, index);
            if (!_format.IsPresent(entry)) return false;
            ulong start = StartOf(table, index);
            if (table.Level == 0 || _format.IsLeaf(entry, table.Level))
            {
                page = PageOf(table, start, entry);
                return true;
            }

            table = NextOf(table, start, entry);
        }
    }

    private HeldPage PageOf(HeldTable table, ulong start, ulong entry)
    {
        PageFlags flags = _format.DecodePage(entry, table.Level, table.Rights) & ~PageFlags.Accessed;
        int shift = _format.PageShiftOf(entry, table.Level);
        return new HeldPage(table.Number, start & ~((1UL << shift) - 1), shift, _format.PageAddress(entry, table.Level).Value, flags);
    }

    private HeldTable NextOf(HeldTable table, ulong start, ulong entry) =>
        new(table.Number, table.Level - 1, start, _format.TableAddress(entry).Value, _format.NarrowRights(table.Rights, entry, table.Level));

    private PageFlags RightsOf(ulong rights)
    {
        // A page that allows everything, under tables with these rights.
        ulong page = _format.EncodePage(PhysAddr.Zero, Rights, 0);
        return _format.DecodePage(page, 0, rights) & Rights;
    }

    private ulong Read(ulong table, int index)
    {
        PhysAddr slot = PhysAddr.FromTrusted(table + ((ulong)index << _format.EntryShift));
        return _format.EntryShift == 2 ? _memory.ReadHalfWord(slot) : _memory.ReadWord(slot);
    }

    private int ShiftOf(int level) => _format.PageShift + (level * _format.IndexBits);

    private int IndexOf(ulong address, int level) => (int)(address >> ShiftOf(level)) & ((1 << _format.IndexBits) - 1);

    private ulong StartOf(HeldTable table, int index) => table.Start | ((ulong)index << ShiftOf(table.Level));

    private ulong Masked(ulong address) => address & ((1UL << _format.VirtualBits) - 1);

    private bool IsLoaded(HeldPage page) => page.Number == _number || page.IsGlobal;

    private static FrameNumber FrameOf(HeldTable table) => PhysAddr.FromTrusted(table.Table).ContainingFrame;

    private enum ViewOf
    {
        Tables,
        Processor,
    }

    /// <summary>A way to a table: what an entry of a paging-structure cache says. Addresses have the format's width.</summary>
    public readonly record struct HeldTable(int Number, int Level, ulong Start, ulong Table, ulong Rights)
    {
        public override string ToString() => $"way of number {Number} from 0x{Start:x} to the table 0x{Table:x} at level {Level}";
    }

    /// <summary>A translation.</summary>
    public readonly record struct HeldPage(int Number, ulong Start, int Shift, ulong Frame, PageFlags Flags)
    {
        public bool IsGlobal => (Flags & PageFlags.Global) != 0;

        public ulong SizeBytes => 1UL << Shift;

        public bool Contains(ulong address) => address - Start < SizeBytes;

        public bool Covers(FrameNumber frame) => frame.Start.Value - Frame < SizeBytes;

        public ulong FrameAt(ulong address) => Frame + (address - Start);

        public override string ToString() => $"translation of number {Number} from 0x{Start:x} to 0x{Frame:x}, 2^{Shift} bytes, {Flags}";
    }

    /// <summary>An entry that was absent.</summary>
    public readonly record struct HeldAbsence(int Number, int Level, ulong Start);
}
