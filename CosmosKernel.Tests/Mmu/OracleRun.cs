using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Mmu;

/// <summary>Random page tables in a machine's memory, and what its MMU does with addresses, beside what the walker and the manual say.</summary>
/// <remarks>
/// <para>
/// The mapper makes the tables. Then single bits of entries at every level of the walks are flipped, so that every combination of
/// rights comes, and entries that are absent or broken. The machine makes one access after the other and notes what became of each.
/// </para>
/// <para>
/// Compared are: done or fault, and its code; what was read, which says which memory it was; which words of the memory were
/// written; and in the tables, which entries are accessed and dirty and that nothing else has changed.
/// </para>
/// </remarks>
internal sealed unsafe class OracleRun<TFormat> : IDisposable
    where TFormat : struct, IPagingFormat
{
    private const ulong RecordBytes = 32;
    private const ulong Written = 1UL << 63;
    private const int MappingCount = 400;
    private const int FlipCount = 200;
    private const int ProbesPerMapping = 3;
    private const int StrayProbes = 300;

    private readonly OracleMachine _machine;
    private readonly HostMemory _memory;
    private readonly Random _random;
    private readonly List<(ulong Address, ProbeKind Kind)> _probes = [];
    private readonly List<(ulong Start, int Shift, ulong Target)> _mappings = [];
    private readonly HashSet<ulong> _ownRootSlots = [];
    private readonly List<string> _problems = [];
    private PageMapper<HostMemory, TFormat, LowTables> _mapper;
    private byte[] _tablesBefore = [];
    private int _entriesSeen;

    public OracleRun(OracleMachine machine, int seed)
    {
        _machine = machine;
        _random = new Random(seed);
        _memory = HostMemory.Create(machine.Memory.Start, machine.Memory.Count);
        for (FrameNumber frame = machine.Memory.Start; frame < machine.Memory.End; frame++) _memory.ZeroFrame(frame);
        LowTables tables = new(_memory, machine.Tables, default(TFormat).PageShift);
        tables.TryAllocate(out FrameNumber root);
        _mapper = new PageMapper<HostMemory, TFormat, LowTables>(_memory, tables, root, int.MaxValue, machine.IsRecursive && Format.LevelCount > 2 ? TopTables.Kept : TopTables.Freed);
    }

    private static TFormat Format => default;

    /// <summary>How many accesses were asked for, and how many of them faulted.</summary>
    public (int Probes, int Faults) Counts { get; private set; }

    public void Dispose() => _memory.Dispose();

    /// <summary>All of it; what is wrong, at most a few lines.</summary>
    public IReadOnlyList<string> Run()
    {
        MarkData();
        MapOwn();
        if (_machine.IsRecursive) MakeRecursive();
        for (int i = 0; i < MappingCount; i++) MapOne();
        for (int i = 0; i < FlipCount; i++) FlipOne();
        ChooseProbes();
        WriteProbes();
        _machine.WriteParameters(_memory, _mapper.Root, _probes.Count);
        _tablesBefore = Bytes(_machine.Tables).ToArray();
        RunMachine();
        CompareAnswers();
        return _problems;
    }

    private void MarkData()
    {
        for (PhysAddr at = _machine.Data.Start.Start; at < _machine.Data.End.Start; at += sizeof(ulong)) _memory.WriteWord(at, _machine.MarkAt(at));
    }

    // The stub's own addresses are its physical ones, in the tables' half; their entry of the root, and all below it, stays as it is.
    private void MapOwn()
    {
        foreach ((FrameRange frames, PageFlags flags) in _machine.OwnMappings)
        {
            PhysAddr start = frames.Start.Start;
            PendingFlush flush = _mapper.MapRange(VirtAddr.FromTrusted(Canonical(start.Value)), start, frames.SizeBytes, flags, LargePages.Never, out PagingResult result);
            Assert.That(result, Is.EqualTo(PagingResult.Ok));
            NobodyHolds(flush);
            _ownRootSlots.Add(start.Value >> TopShift);
        }
    }

    // The machine does not run yet. What mapping names is never a table that goes.
    private static void NobodyHolds(PendingFlush flush) => Assert.That(flush.IsEverything || !flush.DropsTables);

    // The tables are seen under the root's last entry, whose page tables nobody else may have.
    private void MakeRecursive()
    {
        PendingFlush flush = _mapper.MakeRecursive(out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        NobodyHolds(flush);
        _ownRootSlots.Add(((1UL << Format.VirtualBits) - 1) >> TopShift);
    }

    private static int TopShift => ShiftOf(Format.LevelCount - 1);

    private static int ShiftOf(int level) => Format.PageShift + (level * Format.IndexBits);

    private void MapOne()
    {
        int[] levels = [.. Enumerable.Range(0, Format.LevelCount).Where(level => ((Format.LeafLevels >> level) & 1) != 0)];
        int level = _random.Next(2) == 0 ? 0 : levels[_random.Next(levels.Length)];
        int shift = ShiftOf(level);
        ulong start = RandomAddress() & ~((1UL << shift) - 1);
        ulong dataStart = _machine.Data.Start.Start.Value;
        ulong target = (dataStart + ((ulong)_random.NextInt64((long)_machine.Data.SizeBytes))) & ~((1UL << shift) - 1);
        PageFlags flags = RandomFlags();
        PendingFlush flush = _mapper.MapLarge(VirtAddr.FromTrusted(start), PhysAddr.FromTrusted(target), shift, flags, out PagingResult result);
        if (result is PagingResult.AlreadyMapped or PagingResult.NullPage or PagingResult.OutOfTables) return;
        Assert.That(result, Is.EqualTo(PagingResult.Ok), $"0x{start:x} to 0x{target:x}");
        NobodyHolds(flush);
        _mappings.Add((start, shift, target));
    }

    // Few numbers at each level, so that tables are shared; never under the stub's own entry of the root.
    private ulong RandomAddress()
    {
        int[] few = [0, 1, 2, 3, 5, 8];
        ulong address = 0;
        int topBits = Format.VirtualBits - TopShift;
        do
        {
            address = (ulong)_random.NextInt64(1L << Format.PageShift);
            for (int level = 0; level < Format.LevelCount; level++)
            {
                int bits = level == Format.LevelCount - 1 ? topBits : Format.IndexBits;
                int index = few[_random.Next(few.Length)] & ((1 << bits) - 1);
                if (_random.Next(3) == 0) index = (1 << bits) - 1 - index;
                if (level < 2 && _random.Next(2) == 0) index = _random.Next(1 << bits);
                address |= (ulong)(uint)index << ShiftOf(level);
            }
        }
        while (_ownRootSlots.Contains(address >> TopShift));

        return Canonical(address);
    }

    private static ulong Canonical(ulong address) => Format.Halves switch
    {
        AddressHalves.Upper => address | ~((1UL << Format.VirtualBits) - 1),
        AddressHalves.Lower => address,
        _ => VirtAddr.Truncate(address, Format.VirtualBits).Value,
    };

    private PageFlags RandomFlags()
    {
        PageFlags flags = PageFlags.Present;
        if (_random.Next(2) == 0) flags |= PageFlags.User;
        if (_random.Next(4) == 0) flags |= PageFlags.Global;
        if (_random.Next(8) != 0) flags |= PageFlags.Accessed;
        if (_random.Next(2) == 0) flags |= PageFlags.Dirty;
        return flags | (_random.Next(3) switch { 0 => PageFlags.Writable, 1 => PageFlags.Executable, _ => PageFlags.None });
    }

    private void FlipOne()
    {
        (ulong start, _, _) = _mappings[_random.Next(_mappings.Count)];
        List<WalkStep> steps = StepsOf(start, out _);
        WalkStep step = steps[_random.Next(steps.Count)];
        // An entry near the root has many pages: few of those.
        if (step.Level >= 2 && _random.Next(8 << step.Level) != 0) return;
        ulong bit = _machine.FlippedBits[_random.Next(_machine.FlippedBits.Count)];
        if (!_machine.MayFlip(bit, ((Format.LeafLevels >> step.Level) & 1) != 0)) return;
        WriteEntry(SlotOf(step), step.Entry ^ bit);
        // Other memory than the tables is not to become one.
        bool isSound = StepsOf(start, out _).All(later => _machine.Tables.Contains(later.Table.ContainingFrame));
        if (!isSound) WriteEntry(SlotOf(step), step.Entry);
    }

    private void ChooseProbes()
    {
        foreach ((ulong start, int shift, ulong target) in _mappings)
        {
            for (int i = 0; i < ProbesPerMapping; i++) AddProbes(start + OffsetInData(shift, target));
            AddProbes(unchecked(start + (1UL << shift)));
            for (int level = 0; _machine.IsRecursive && level < 2; level++)
                AddProbes(_mapper.EntryInWindow(VirtAddr.FromTrusted(start), level).Value & ~7UL);
        }

        for (int i = 0; i < StrayProbes; i++)
        {
            ulong address = RandomAddress() & ~7UL;
            AddProbes(_random.Next(4) == 0 && Format.VirtualBits < 57 ? address ^ (1UL << _random.Next(Format.VirtualBits, 63)) : address);
        }

        (ulong, ProbeKind)[] shuffled = [.. _probes];
        _random.Shuffle(shuffled);
        int room = (int)(_machine.Answers.SizeBytes / RecordBytes);
        int listRoom = (int)((_machine.Answers.Start.Start - _machine.Probes) / RecordBytes);
        _probes.Clear();
        _probes.AddRange(shuffled.Take(Math.Min(room, listRoom)));
    }

    // Of a page that shows more than the marked memory, an address that shows marked memory.
    private ulong OffsetInData(int shift, ulong target)
    {
        ulong first = Math.Max(target, _machine.Data.Start.Start.Value);
        ulong end = Math.Min(target + (1UL << shift), _machine.Data.End.Start.Value);
        return (first + (ulong)_random.NextInt64((long)(end - first)) - target) & ~7UL;
    }

    // A flipped bit may let an address stand for other memory than the marked: that is neither written nor executed. Or for none.
    private void AddProbes(ulong address)
    {
        PagingResult result = Walker.Translate(VirtAddr.FromTrusted(address), out Translation translation);
        bool isThere = result != PagingResult.Ok || _machine.Memory.Contains(translation.Address.ContainingFrame);
        bool isHarmless = result != PagingResult.Ok || _machine.Data.Contains(translation.Address.ContainingFrame);
        if (_machine.Avoids(address)) return;
        for (int kind = 0; kind < ProbeKinds.Count; kind++)
        {
            if (isHarmless || (isThere && ((ProbeKind)kind).IsRead())) _probes.Add((address, (ProbeKind)kind));
        }
    }

    private void WriteProbes()
    {
        PhysAddr at = _machine.Probes;
        foreach ((ulong address, ProbeKind kind) in _probes)
        {
            bool isMapped = Walker.Translate(VirtAddr.FromTrusted(address), out Translation translation) == PagingResult.Ok;
            _memory.WriteWord(at, address);
            _memory.WriteWord(at + 8, (ulong)kind);
            _memory.WriteWord(at + 16, isMapped ? _machine.MarkAt(translation.Address) | Written : 0);
            at += RecordBytes;
        }
    }

    private void RunMachine()
    {
        string folder = Directory.CreateTempSubdirectory("memos-mmu-").FullName;
        try
        {
            string file = Path.Combine(folder, "memory");
            using (FileStream before = File.Create(file)) before.Write(Bytes(_machine.Memory));
            _machine.Run(file, folder);
            using FileStream after = File.OpenRead(file);
            after.ReadExactly(Bytes(_machine.Memory));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void CompareAnswers()
    {
        byte[] tablesAfter = Bytes(_machine.Tables).ToArray();
        _tablesBefore.CopyTo(Bytes(_machine.Tables)); // the walks that follow are by the tables as they were
        Assert.That(_machine.ReportedPhysicalBits(_memory), Is.EqualTo(_machine.PhysicalBits));
        Dictionary<ulong, ulong> must = [];
        Dictionary<ulong, ulong> may = [];
        HashSet<ulong> written = [];
        int faults = 0;
        for (int i = 0; i < _probes.Count; i++)
        {
            (ulong address, ProbeKind kind) = _probes[i];
            PagingResult result = Walker.Translate(VirtAddr.FromTrusted(address), out Translation translation);
            List<WalkStep> steps = StepsOf(address, out PagingResult explained);
            if (explained != result) Report($"0x{address:x}: Translate says {result}, Explain {explained}");
            Answer expected = _machine.Expect(kind, result, in translation, steps);
            PhysAddr record = _machine.Answers.Start.Start + ((ulong)i * RecordBytes);
            Answer answer = _machine.ByTheManual(new Answer(_memory.ReadWord(record), _memory.ReadWord(record + 8)));
            if (answer != expected) Report($"{kind} at 0x{address:x}, {result} {translation.Flags}: {answer}, not {expected}; {string.Join(", ", steps.Select(step => $"{step.Level}: 0x{step.Entry:x}"))}");
            if (answer != Answer.Done) faults++;
            if (_machine.TellsAddress(answer) && _memory.ReadWord(record + 24) != address) Report($"the fault at 0x{address:x} was one at 0x{_memory.ReadWord(record + 24):x}");
            if (answer == Answer.Done && result == PagingResult.Ok) CompareData(record, kind, translation.Address, address, written);
            Note(steps, kind, answer == Answer.Done, must, may);
        }

        Counts = (_probes.Count, faults);
        Assert.That(_entriesSeen > 0, Is.EqualTo(_machine.IsRecursive));
        CompareMemory(written);
        CompareTables(tablesAfter, must, may);
    }

    private void CompareData(PhysAddr record, ProbeKind kind, PhysAddr target, ulong address, HashSet<ulong> written)
    {
        if (kind.IsWrite()) written.Add(target.Value);
        if (kind.IsRead() && _machine.IsRecursive && _machine.Tables.Contains(target.ContainingFrame)) CompareEntries(record, target, address);
        if (!kind.IsRead() || !_machine.Data.Contains(target.ContainingFrame)) return;
        ulong data = _memory.ReadWord(record + 16);
        if ((data & ~Written) != _machine.MarkAt(target)) Report($"0x{address:x} shows 0x{data:x}, not {target}");
    }

    // An entry, or two small ones, seen through the recursive directory; the processor may have noted their use before or not.
    private void CompareEntries(PhysAddr record, PhysAddr target, ulong address)
    {
        ulong noted = _machine.AccessedBit | _machine.DirtyBit;
        if (Format.EntryShift == 2) noted |= noted << 32;
        ulong data = _memory.ReadWord(record + 16);
        ulong expected = _memory.ReadWord(target);
        _entriesSeen++;
        if (((data ^ expected) & ~noted) != 0) Report($"0x{address:x} shows the entry 0x{data:x}, which is 0x{expected:x}");
    }

    // Used by an access that was made: accessed, and the page dirty if it was written. By one that faulted: perhaps. The emulator may note the use of
    // a broken entry before it finds that it is.
    private void Note(List<WalkStep> steps, ProbeKind kind, bool isDone, Dictionary<ulong, ulong> must, Dictionary<ulong, ulong> may)
    {
        foreach (WalkStep step in steps)
        {
            ulong slot = SlotOf(step).Value;
            if (step.Kind == WalkStepKind.Absent) continue;
            bool isTable = step.Kind == WalkStepKind.Table;
            ulong accessed = isTable && !_machine.NotesTablesAt(step.Level) ? 0 : _machine.AccessedBit;
            ulong perhaps = isTable && _machine.MayNoteTablesAt(step.Level) ? _machine.AccessedBit : accessed;
            may[slot] = may.GetValueOrDefault(slot) | perhaps | (step.Kind == WalkStepKind.Reserved ? _machine.DirtyBit : 0);
            if (!isDone) continue;
            ulong bits = kind.IsWrite() && !isTable ? accessed | _machine.DirtyBit : accessed;
            may[slot] |= bits;
            must[slot] = must.GetValueOrDefault(slot) | bits;
        }
    }

    private void CompareMemory(HashSet<ulong> written)
    {
        for (PhysAddr at = _machine.Data.Start.Start; at < _machine.Data.End.Start; at += sizeof(ulong))
        {
            ulong expected = _machine.MarkAt(at) | (written.Contains(at.Value) ? Written : 0);
            if (_memory.ReadWord(at) != expected) Report($"{at} is 0x{_memory.ReadWord(at):x}, not 0x{expected:x}");
        }
    }

    private void CompareTables(byte[] after, Dictionary<ulong, ulong> must, Dictionary<ulong, ulong> may)
    {
        int entryBytes = 1 << Format.EntryShift;
        for (int offset = 0; offset < after.Length; offset += entryBytes)
        {
            ulong slot = _machine.Tables.Start.Start.Value + (ulong)offset;
            ulong before = Entry(_tablesBefore, offset);
            ulong now = Entry(after, offset);
            if (_ownRootSlots.Count != 0 && before == now && !must.ContainsKey(slot)) continue;
            ulong least = before | must.GetValueOrDefault(slot);
            ulong most = before | may.GetValueOrDefault(slot);
            bool isOwn = IsUnderOwn(slot);
            if (isOwn) most = before | _machine.AccessedBit | _machine.DirtyBit;
            if ((now & least) != least || (now & ~most) != 0) Report($"entry at P:0x{slot:x} was 0x{before:x} and is 0x{now:x}, between 0x{least:x} and 0x{most:x}");
        }
    }

    // The stub's own pages are used by the stub.
    private bool IsUnderOwn(ulong slot)
    {
        if (_own.Count == 0)
        {
            foreach ((FrameRange frames, _) in _machine.OwnMappings)
            {
                for (FrameNumber frame = frames.Start; frame < frames.End; frame++)
                {
                    foreach (WalkStep step in StepsOf(Canonical(frame.Start.Value), out _)) _own.Add(SlotOf(step).Value);
                }
            }
        }

        return _own.Contains(slot);
    }

    private readonly HashSet<ulong> _own = [];

    private static ulong Entry(byte[] tables, int offset) => Format.EntryShift == 3 ? BitConverter.ToUInt64(tables, offset) : BitConverter.ToUInt32(tables, offset);

    private static PhysAddr SlotOf(WalkStep step) => step.Table + ((ulong)step.Index << Format.EntryShift);

    private void WriteEntry(PhysAddr slot, ulong entry)
    {
        if (Format.EntryShift == 3) _memory.WriteWord(slot, entry);
        else _memory.WriteHalfWord(slot, (uint)entry);
    }

    private PageTableWalker<HostMemory, TFormat> Walker => new(_memory, _mapper.Root, _machine.PhysicalBits);

    private List<WalkStep> StepsOf(ulong address, out PagingResult result)
    {
        StepList list = new([]);
        result = Walker.Explain(VirtAddr.FromTrusted(address), ref list);
        return list.Steps;
    }

    private Span<byte> Bytes(FrameRange frames) => new(_memory.Pointer(frames.Start.Start), (int)frames.SizeBytes); // SAFETY: frames of the memory.

    private void Report(string problem)
    {
        const int Enough = 20;
        if (_problems.Count < Enough) _problems.Add(problem);
    }

    private readonly struct StepList(List<WalkStep> steps) : IWalkStepVisitor
    {
        public List<WalkStep> Steps => steps;

        public void Visit(in WalkStep step) => steps.Add(step);
    }
}
