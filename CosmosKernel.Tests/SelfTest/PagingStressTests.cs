using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.SelfTest;
using MemOS.Tests.Fakes;
using MemOS.Tests.Shell;
using NUnit.Framework;

namespace MemOS.Tests.SelfTest;

/// <summary>The stress of mappings passes on a processor in order, and finds what is wrong with one that is not.</summary>
public sealed class PagingStressTests
{
    private const ulong BlockFrame = 0x200;

    private static readonly VirtAddr[] s_regions =
        [VirtAddr.FromTrusted(0xFFFF_FF10_3FE0_0000), VirtAddr.FromTrusted(0xFFFF_FF10_4000_0000), VirtAddr.FromTrusted(0xFFFF_FF7F_FFE0_0000)];

    private HostMemory _memory;
    private HostTableFrames _tables;
    private FrameNumber _root;
    private HostPagingMachine _machine;
    private FakeTerminal _terminal = null!;
    private PagingStress<HostMemory, X64FourLevel, HostTableFrames, HostPagingMachine> _stress = null!;

    [SetUp]
    public void SetUp()
    {
        // The block lies below the frames that become tables: the highest are taken first.
        _memory = HostMemory.Create(FrameNumber.FromTrusted(BlockFrame), 0x220);
        _tables = HostTableFrames.Over(_memory);
        _tables.TryAllocate(out _root);
        _machine = new HostPagingMachine(_memory, _tables, _root.Start, FrameNumber.FromTrusted(BlockFrame));
        _terminal = new FakeTerminal();
        _stress = new PagingStress<HostMemory, X64FourLevel, HostTableFrames, HostPagingMachine>(
            _memory, _tables, _machine, _root.Start, s_regions, new StoppedClock());
    }

    [TearDown]
    public void TearDown() => _memory.Dispose();

    [Test]
    public void A_processor_in_order_passes_and_nothing_is_lost([Range(1, 4)] int seed)
    {
        Assert.That(_stress.Run(_terminal, StressBudget.OfOperations(20_000, (ulong)seed)), Is.Null);
        Assert.That(_terminal.Lines[0], Does.Match(
            "^[1-9][0-9]{3} pages mapped, [1-9][0-9]+ of 2 MiB, [1-9][0-9]{3} unmapped, [1-9][0-9]{3} protected, [1-9][0-9]{2} translated$"));
        Assert.That(_terminal.Lines[1], Does.Match("^[1-9][0-9]{2} ranges cleared, [1-9][0-9]{3,} faults as expected, 0 ms$"));
        Assert.That(_tables.OutCount, Is.EqualTo(1));
        Assert.That(_machine.IsTaken, Is.False);
    }

    [TestCase(Flaw.Forgetful, "can be |cannot be |shows another")]
    [TestCase(Flaw.ExecutesData, "a page that is not executable can be executed")]
    [TestCase(Flaw.NeverDirty, "a page that was written is not dirty")]
    public void What_is_wrong_with_a_processor_is_found(Flaw flaw, string what)
    {
        _machine.Flaw = flaw;
        Assert.That(_stress.Run(_terminal, StressBudget.OfOperations(20_000, 1)), Does.Match("^operation [0-9]+: .*(" + what + ")"));
        Assert.That(_machine.IsTaken, Is.False);
    }

    [Test]
    public void Addresses_that_somebody_uses_are_left_alone()
    {
        PageMapper<HostMemory, X64FourLevel, HostTableFrames> mapper = new(_memory, _tables, _root, int.MaxValue, TopTables.Freed);
        Assert.That(mapper.Map(s_regions[1], PhysAddr.FromTrusted(0x1000), PageFlags.Present, out _).IsNone);
        Assert.That(_stress.Run(_terminal, StressBudget.OfOperations(100, 1)), Is.EqualTo("operation 0: somebody uses the addresses"));
        Assert.That(mapper.Translate(s_regions[1], out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Tables_that_run_out_are_noticed()
    {
        _tables.FailAfter(2);
        Assert.That(_stress.Run(_terminal, StressBudget.OfOperations(100, 1)), Does.EndWith("an operation ended otherwise than it must"));
    }

    private sealed class StoppedClock : IWallClock
    {
        public ulong Milliseconds => 0;
    }
}
