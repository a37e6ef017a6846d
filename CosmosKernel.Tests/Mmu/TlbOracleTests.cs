using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Tests.Boot;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Mmu;

/// <summary>A processor with PCIDs uses nothing that the model TLB says it may not hold; what it does hold is seen to be stale.</summary>
/// <remarks>
/// Three address spaces, each under a number, with a few pages that come, go and move, some of them global, and tables that are exchanged, without
/// any flush of their own; in between the instructions by which MemOS makes a processor forget, in any order. Each read must find a
/// page that the model holds for the address, or fault where the tables have none. In Bochs: QEMU's TCG has no PCIDs.
/// </remarks>
[Category("Boot")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TlbOracleTests
{
    private const int SpaceCount = 3;
    private const int PageCount = 6;
    private const int DataCount = 20;
    private const int StepCount = 6000;
    private const ulong AccessedDirtyWritable = 0x63;
    private const ulong AccessedWritable = 0x23;
    private const ulong Global = 1UL << 8;
    private const ulong Held = 1UL << 63;

    // Types of INVPCID.
    private const ulong OnePage = 0;
    private const ulong OneSpace = 1;
    private const ulong All = 2;
    private const ulong AllButGlobal = 3;

    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;

    private static readonly VirtAddr s_pages = VirtAddr.FromTrusted(1UL << 30);

    private readonly List<ulong> _steps = [];
    private readonly List<(HashSet<char> Allowed, char Fresh, bool IsDemanded)> _reads = [];
    private readonly List<FrameNumber> _data = [];
    private readonly List<Space> _spaces = [];
    private Random _random = new(0);
    private WatchedMemory _memory;
    private HostTableFrames _frames;
    private ModelTlb? _tlb;
    private int _loaded;

    [TestCase(1)]
    [TestCase(2)]
    public void What_Bochs_holds_is_what_the_model_lets_it_hold(int seed)
    {
        _random = new Random(seed);
        _memory = WatchedMemory.Create(PhysAddr.FromTrusted(TlbOracleStub.Tables).ContainingFrame, 96);
        using WatchedMemory memory = _memory;
        byte[] before = MakeSpaces();
        Load(0, HeldTranslations.Forgotten);
        for (int step = 0; step < StepCount; step++) Step();
        Add(TlbStepKind.End);
        string seen = Run(before);
        Assert.That(seen, Has.Length.EqualTo(_reads.Count));
        int stale = 0;
        for (int read = 0; read < _reads.Count; read++)
        {
            (HashSet<char> allowed, char fresh, _) = _reads[read];
            Assert.That(allowed, Does.Contain(seen[read]), $"seed {seed}, read {read}; the tables say {fresh}");
            if (seen[read] != fresh) stale++;
        }

        int demanded = _reads.Count(read => read.IsDemanded);
        TestContext.Out.WriteLine($"seed {seed}: {_reads.Count} reads, {demanded} of what must be fresh, {stale} stale where they may be");
        Assert.That(demanded, Is.GreaterThan(_reads.Count / 10));
        Assert.That(stale, Is.GreaterThan(_reads.Count / 50));
    }

    private byte[] MakeSpaces()
    {
        _frames = HostTableFrames.Over(_memory);
        for (int i = 0; i < DataCount; i++)
        {
            FrameNumber frame = NewFrame();
            _data.Add(frame);
            _memory.WriteWord(frame.Start, (ulong)MarkOf(i));
        }

        for (int i = 0; i < SpaceCount; i++) _spaces.Add(MakeSpace());
        byte[] bytes = _memory.Items<byte>(_memory.Frames.Start.Start, _memory.Frames.SizeBytes).ToArray();
        _tlb = new ModelTlb(default(X64FourLevel), _memory, _spaces[0].Root);
        return bytes;
    }

    private Space MakeSpace()
    {
        FrameNumber root = NewFrame();
        PageMapper<WatchedMemory, X64FourLevel, HostTableFrames> mapper = new(_memory, _frames, root, 1, TopTables.Freed);
        Map(ref mapper, TlbOracleStub.Code, TlbOracleStub.CodeEnd, PageFlags.Executable);
        Map(ref mapper, TlbOracleStub.Data, TlbOracleStub.DataEnd, Data);
        Map(ref mapper, TlbOracleStub.Steps, TlbOracleStub.StepsEnd, Data);
        Map(ref mapper, TlbOracleStub.Tables, TlbOracleStub.Tables + (uint)_memory.Frames.SizeBytes, Data);
        PendingFlush flush = mapper.Map(s_pages, _data[0].Start, Data | PageFlags.Accessed | PageFlags.Dirty, out PagingResult result);
        Assert.That(flush.IsNone && result == PagingResult.Ok);
        StepRecorder steps = new([]);
        mapper.Walker.Explain(s_pages, ref steps);
        WalkStep link = steps.Steps[^2];
        return new Space(root.Start, link.Table + ((ulong)link.Index << 3), [steps.Steps[^1].Table, NewFrame().Start], mapper.Walker);
    }

    private static void Map(ref PageMapper<WatchedMemory, X64FourLevel, HostTableFrames> mapper, uint start, uint end, PageFlags flags)
    {
        PendingFlush flush = mapper.MapRange(
            VirtAddr.FromTrusted(start), PhysAddr.FromTrusted(start), end - start, flags | PageFlags.Accessed | PageFlags.Dirty, LargePages.Never, out PagingResult result);
        Assert.That(flush.IsNone && result == PagingResult.Ok);
    }

    private void Step()
    {
        Space space = _spaces[_random.Next(SpaceCount)];
        switch (_random.Next(100))
        {
            case < 50: Read(); break;
            case < 78: Write(space.Leaves[_random.Next(2)] + ((ulong)_random.Next(PageCount) << 3), RandomEntry()); break;
            case < 82: Write(space.Link, space.Leaves[_random.Next(2)].Value | AccessedWritable); break;
            case < 88: ForgetPage(RandomPage()); break;
            case < 94: Load(_random.Next(SpaceCount), _random.Next(4) == 0 ? HeldTranslations.Forgotten : HeldTranslations.Kept); break;
            default: Forget(); break;
        }
    }

    private void Read()
    {
        VirtAddr address = RandomPage();
        Space space = _spaces[_loaded];
        bool isMapped = space.Walker.Translate(address, out Translation now) == PagingResult.Ok;
        char fresh = isMapped ? MarkAt(now.Address.Value) : TlbOracleStub.Faulted;
        HashSet<char> allowed = [.. _tlb!.Answers(address).Select(held => MarkAt(held.FrameAt(address.Value)))];
        if (!isMapped) allowed.Add(TlbOracleStub.Faulted);
        Assert.That(allowed, Does.Contain(fresh));
        _reads.Add((allowed, fresh, allowed.Count == 1));
        Add(TlbStepKind.Read, address.Value);
    }

    private void Write(PhysAddr slot, ulong entry)
    {
        _memory.WriteWord(slot, entry);
        Add(TlbStepKind.Write, slot.Value, entry);
    }

    private void ForgetPage(VirtAddr page)
    {
        _tlb!.InvalidatePage(page);
        Add(TlbStepKind.ForgetPage, page.Value);
    }

    private void Load(int space, HeldTranslations held)
    {
        _loaded = space;
        PhysAddr root = _spaces[space].Root;
        _tlb!.LoadRoot(root, space + 1, held);
        Add(TlbStepKind.LoadRoot, root.Value | (ulong)(uint)(space + 1) | (held == HeldTranslations.Kept ? Held : 0));
    }

    private void Forget()
    {
        switch (_random.Next(6))
        {
            case 0:
            case 1:
                int number = _random.Next(SpaceCount) + 1;
                VirtAddr page = RandomPage();
                _tlb!.InvalidatePage(number, page);
                Add(TlbStepKind.Forget, OnePage, (ulong)(uint)number, page.Value);
                break;
            case 2:
                _tlb!.InvalidateNumbers();
                Add(TlbStepKind.Forget, AllButGlobal);
                break;
            case 3:
                _tlb!.InvalidateLoaded();
                Add(TlbStepKind.Forget, OneSpace, (ulong)(uint)(_loaded + 1));
                break;
            case 4:
                _tlb!.InvalidateAll();
                Add(TlbStepKind.Forget, All);
                break;
            default:
                _tlb!.InvalidateAll();
                Add(TlbStepKind.ToggleGlobal);
                break;
        }
    }

    private void Add(TlbStepKind kind, ulong first = 0, ulong second = 0, ulong third = 0) => _steps.AddRange([(ulong)kind, first, second, third]);

    private VirtAddr RandomPage() => s_pages + ((ulong)_random.Next(PageCount) << PageNumber.Shift);

    private ulong RandomEntry() =>
        _random.Next(4) == 0 ? 0 : _data[_random.Next(DataCount)].Start.Value | AccessedDirtyWritable | (_random.Next(4) == 0 ? Global : 0);

    private FrameNumber NewFrame()
    {
        Assert.That(_frames.TryAllocate(out FrameNumber frame));
        return frame;
    }

    private static char MarkOf(int data) => (char)('A' + data);

    private char MarkAt(ulong address) => (char)_memory.ReadWord(PhysAddr.FromTrusted(address));

    private string Run(byte[] tables)
    {
        using TemporaryFolder folder = new();
        byte[] steps = new byte[_steps.Count * sizeof(ulong)];
        Buffer.BlockCopy(_steps.ToArray(), 0, steps, 0, steps.Length);
        Assert.That(steps, Has.Length.LessThanOrEqualTo((int)(TlbOracleStub.StepsEnd - TlbOracleStub.Steps)));
        string program = TlbOracleStub.Build(steps, tables, _spaces[0].Root, folder.Path);
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(folder.ImageOf(program) with { Emulator = Emulator.Bochs });
        Assert.That(machine.WaitForEnd(), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
        return machine.Transcript.Trim();
    }

    private sealed record Space(PhysAddr Root, PhysAddr Link, PhysAddr[] Leaves, PageTableWalker<WatchedMemory, X64FourLevel> Walker);
}
