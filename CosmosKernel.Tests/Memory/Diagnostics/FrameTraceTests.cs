using System.Text;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Diagnostics;

/// <summary>The one trace that there is takes down everything that happens to frames, and only while it is on.</summary>
[NonParallelizable]
public sealed unsafe class FrameTraceTests
{
    private static readonly StringBuilder s_written = new();

    private FirmwareMap _firmware = null!;
    private PhysicalMemory<NoMemory, LoneProcessor> _frames;

    [SetUp]
    public void SetUp()
    {
        _firmware = FirmwareMap.Of((0x1000, 0x2000));
        MemoryMap map = _firmware.Build();
        FramePlan plan = HostPlan.Of(ZonePreset.Valen);
        NativeStorage storage = _firmware.NewStorage(PhysicalMemory<NoMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        _frames = new PhysicalMemory<NoMemory, LoneProcessor>(in map, _firmware.NewRegions(), in plan, storage.Bytes, default, _firmware.NewProcessor());
        s_written.Clear();
        FrameTrace.Start(ref _frames, &Write);
    }

    [TearDown]
    public void TearDown()
    {
        if (FrameTrace.IsOn) FrameTrace.Stop(ref _frames);
        _firmware.Dispose();
    }

    [Test]
    public void A_block_has_a_line_when_it_comes_and_when_it_goes()
    {
        Assert.That(_frames.TryAllocate(Order.FromTrusted(3), FrameOwner.Heap, out FrameNumber block));
        Assert.That(_frames.TryAllocate(Order.Zero, FrameOwner.Heap, out FrameNumber frame));
        _frames.Free(block, Order.FromTrusted(3));
        _frames.Free(frame, Order.Zero);
        Assert.That(Lines(), Is.EqualTo(new[] { $"a {Id(block)} 3", $"a {Id(frame)} 0", $"f {Id(block)}", $"f {Id(frame)}" }));
        Assert.That((FrameTrace.Allocations, FrameTrace.Frees), Is.EqualTo((2UL, 2UL)));
    }

    [Test]
    public void A_run_has_a_line_for_each_of_its_blocks()
    {
        Assert.That(_frames.TryAllocateRun(13, Order.FromTrusted(4), FrameRequest.For(FrameOwner.User), out FrameRange run));
        _frames.FreeRun(run);
        FrameNumber start = run.Start;
        Assert.That(Lines(), Is.EqualTo(new[]
        {
            $"a {Id(start)} 3", $"a {Id(start + 8)} 2", $"a {Id(start + 12)} 0",
            $"f {Id(start)}", $"f {Id(start + 8)}", $"f {Id(start + 12)}",
        }));
    }

    [Test]
    public void A_batch_has_a_line_for_each_frame_and_what_is_refused_has_none()
    {
        FrameBatch batch = default;
        Assert.That(_frames.AllocateBatch(40, FrameRequest.For(FrameOwner.User), ref batch), Is.EqualTo(40));
        Assert.That(_frames.Free(batch.Take(), Order.FromTrusted(1)), Is.Not.EqualTo(FreeResult.Ok));
        Assert.That(_frames.FreeBatch(ref batch), Is.EqualTo(39));
        Assert.That(_frames.TryAllocate(Order.Max, FrameOwner.User, out _), Is.False);
        Assert.That((FrameTrace.Allocations, FrameTrace.Frees), Is.EqualTo((40UL, 39UL)));
        Assert.That(Lines(), Has.Length.EqualTo(79));
    }

    [Test]
    public void Caches_are_used_again_when_it_is_off_and_an_ID_never_comes_twice()
    {
        Assert.That(_frames.TryAllocate(Order.Zero, FrameOwner.User, out FrameNumber frame));
        Assert.That(_frames.Statistics.Cached, Is.Zero);
        FrameTrace.Stop(ref _frames);
        _frames.Free(frame, Order.Zero);
        Assert.That(_frames.Statistics.Cached, Is.Not.Zero);
        Assert.That(Lines(), Has.Length.EqualTo(1));

        FrameTrace.Start(ref _frames, &Write);
        Assert.That(_frames.Statistics.Cached, Is.Zero);
        while (!Lines()[^1].StartsWith("a " + Id(frame) + " ")) Assert.That(_frames.TryAllocate(Order.Zero, FrameOwner.User, out _));
        Assert.That(Lines(), Is.Unique);
        Assert.That(_frames.Validate(), Is.Null);
    }

    private static void Write(byte character) => s_written.Append((char)character);

    private static string[] Lines() => s_written.ToString().Split('\n')[..^1];

    /// <summary>A multiple of 2^40 away from the frame's number: the first line says which.</summary>
    private static ulong Id(FrameNumber frame) => frame.Value + ((ulong.Parse(Lines()[^1].Split(' ')[1]) >> 40) << 40);
}
