using System;
using System.Linq;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.SelfTest;
using MemOS.Tests.Fakes;
using MemOS.Tests.Shell;
using NUnit.Framework;

namespace MemOS.Tests.SelfTest;

/// <summary>The stress test of frames passes on memory that is in order, and finds each disorder.</summary>
public sealed unsafe class FrameStressTests
{
    private const ulong MiB = 1 << 20;

    private FirmwareMap _firmware = null!;
    private HostMemory _content;
    private PhysicalMemory<HostMemory, LoneProcessor>* _frames;
    private FakeTerminal _terminal = null!;
    private StepClock _clock = null!;
    private StressSuite _suite = null!;

    [SetUp]
    public void SetUp()
    {
        _firmware = new FirmwareMap();
        MemoryMap map = _firmware.Add(0, 0x9FC00, MemoryKind.Usable).Add(MiB, 23 * MiB, MemoryKind.Usable).Build();
        ReservedRegions reserved = _firmware.NewRegions();
        reserved.TryAdd(PhysAddr.FromTrusted(2 * MiB), 300_000, ReservedKind.KernelText);
        _content = HostMemory.Create(24 * MiB / FrameNumber.SizeBytes);
        _frames = (PhysicalMemory<HostMemory, LoneProcessor>*)_firmware.NewStorage((ulong)sizeof(PhysicalMemory<HostMemory, LoneProcessor>)).Bytes;
        FramePlan plan = HostPlan.Of(ZonePreset.Lld);
        NativeStorage storage = _firmware.NewStorage(PhysicalMemory<HostMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        *_frames = new PhysicalMemory<HostMemory, LoneProcessor>(in map, in reserved, in plan, storage.Bytes, _content, _firmware.NewProcessor());
        _terminal = new FakeTerminal();
        _clock = new StepClock();
        _suite = new StressSuite(firstSeed: 40);
        _suite.Add(new FrameStress<HostMemory, LoneProcessor>(_frames, _content, map, _clock));
    }

    [TearDown]
    public void TearDown()
    {
        _content.Dispose();
        _firmware.Dispose();
    }

    [Test]
    public void Memory_in_order_passes_and_is_as_before([Range(1, 8)] int seed)
    {
        FrameStatistics before = _frames->Statistics;
        Assert.That(Run("frames", "20000", seed.ToString()), Is.Null, _terminal.Written);
        Assert.That(_frames->Statistics.Free, Is.EqualTo(before.Free));
        Assert.That(_terminal.Lines[0], Is.EqualTo($"stress frames: 20000 operations, seed {seed}"));
        Assert.That(_terminal.Lines[1], Does.Match("^  10000 operations, [1-9][0-9]* frames in [1-9][0-9]* blocks$"));
        Assert.That(_terminal.Lines[3], Does.Match("^[1-9][0-9]* blocks and runs, [1-9][0-9]* requests not served, [1-9][0-9]* wrong frees refused$"));
        Assert.That(_terminal.Lines[4], Does.Match("^memory exhausted [1-9] times, invariants checked [1-9][0-9]* times, "));
        foreach (FreeResult reason in Enum.GetValues<FreeResult>().Where(reason => reason != FreeResult.Ok))
            Assert.That(_frames->RefusalsFor(reason), Is.Not.Zero, "no free was wrong as a " + reason.Description());
    }

    [Test]
    [Category("Long")]
    public void Memory_in_order_passes_for_long([Range(1, 10)] int seed) => Assert.That(Run("frames", "1000000", seed.ToString()), Is.Null);

    [Test]
    public void A_seed_does_the_same_again_on_memory_that_is_the_same()
    {
        Run("frames", "5000", "7");
        string first = _terminal.Lines[1];
        TearDown();
        SetUp();
        Run("frames", "5000", "7");
        Assert.That(_terminal.Lines[1], Is.EqualTo(first));
        TearDown();
        SetUp();
        Run("frames", "5000", "8");
        Assert.That(_terminal.Lines[1], Is.Not.EqualTo(first));
    }

    [Test]
    public void Seconds_end_it_too_and_a_run_without_a_seed_takes_the_next()
    {
        _clock.Step = 100;
        Assert.That(Run("frames", "30s"), Is.Null);
        Assert.That(_terminal.Lines[0], Is.EqualTo("stress frames: 30 seconds, seed 40"));
        Assert.That(_terminal.Lines[1], Does.StartWith("  7680 operations, "), "a look at the clock each 256 operations, a line each 3 s");
        Run("frames", "1s");
        Assert.That(_terminal.Lines, Does.Contain("stress frames: 1 seconds, seed 41"));
    }

    [Test]
    public void A_frame_that_somebody_takes_is_missed()
    {
        _clock.Happening = () => _frames->TryAllocate(Order.Zero, FrameOwner.User, out _);
        Assert.That(Run("frames", "20000", "1"), Does.Match("^operation [0-9]+: the free frames are not those that the model leaves; seed 1$"));
    }

    [Test]
    public void A_refused_free_that_nobody_asked_for_is_noticed()
    {
        _clock.Happening = () => _frames->Free(FrameNumber.FromTrusted(1 << 30), Order.Zero);
        Assert.That(Run("frames", "20000", "1"), Does.Contain(": the refused frees were not counted one by one; "));
    }

    [Test]
    public void A_block_that_is_freed_under_its_owner_is_noticed()
    {
        _clock.Happening = () => FreeTheFirst(FrameOwner.User);
        Assert.That(Run("frames", "20000", "1"), Does.StartWith("operation "));
    }

    [Test]
    public void A_frame_that_is_written_by_others_is_noticed()
    {
        _clock.Happening = () =>
        {
            for (ulong at = MiB; at < 24 * MiB; at += sizeof(ulong)) _content.WriteWord(PhysAddr.FromTrusted(at), 0);
        };
        Assert.That(Run("frames", "20000", "1"), Does.Contain(": a frame lost what was written into it; "));
    }

    [TestCase(new[] { "heap" }, "no stress is called 'heap', there is: frames")]
    [TestCase(new string[0], "which stress? there is: frames")]
    [TestCase(new[] { "frames", "0" }, "stress NAME ")]
    [TestCase(new[] { "frames", "s" }, "stress NAME ")]
    [TestCase(new[] { "frames", "10m" }, "stress NAME ")]
    [TestCase(new[] { "frames", "10", "x" }, "stress NAME ")]
    [TestCase(new[] { "frames", "10", "1", "2" }, "stress NAME ")]
    public void What_it_does_not_understand_it_says(string[] arguments, string start) => Assert.That(Run(arguments), Does.StartWith(start));

    private string? Run(params string[] arguments) => _suite.ToCommand().Handler(_terminal, arguments).Failure;

    private void FreeTheFirst(FrameOwner owner)
    {
        for (FrameNumber frame = FrameNumber.Zero; frame.Value < 24 * MiB / FrameNumber.SizeBytes; frame++)
        {
            FrameReport block = _frames->Describe(frame);
            bool isMeant = block.State == FrameState.Allocated && block.Owner == owner && block.References == 1;
            if (isMeant && _frames->Free(frame, block.Order) == FreeResult.Ok) return;
        }
    }

    /// <summary>A clock that goes on by a step each time somebody looks; something happens at the twentieth look.</summary>
    private sealed class StepClock : IWallClock
    {
        private int _looks;

        public ulong Step { get; set; }

        public Action? Happening { get; set; }

        public ulong Milliseconds
        {
            get
            {
                if (++_looks == 20) Happening?.Invoke();
                return (ulong)_looks * Step;
            }
        }
    }
}
