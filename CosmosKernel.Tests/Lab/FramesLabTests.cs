using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MemOS.Lab;
using MemOS.Lab.Frames;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary><c>lab frames</c>: what it counts, compared with traces that are worked out by hand.</summary>
public sealed class FramesLabTests
{
    private static readonly IEnumerable<string> s_allocators = AllocatorRegistry.Names;
    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("memos-lab").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(s_allocators))]
    public void Every_second_frame_of_full_memory_is_of_no_use_to_larger_blocks(string allocator)
    {
        JsonNode result = Replay(allocator, FullThenEverySecondFreed(16));
        Assert.That((int)result["operations"]!, Is.EqualTo(24));
        Assert.That((int)result["allocations"]!, Is.EqualTo(16));
        Assert.That((int)result["frees"]!, Is.EqualTo(8));
        Assert.That((int)result["peakFrames"]!, Is.EqualTo(16));
        Assert.That((int)result["usedFrames"]!, Is.EqualTo(8));
        Assert.That((int)result["freeFrames"]!, Is.EqualTo(8));
        Assert.That(External(result), Has.Length.EqualTo(5));

        // Which frame a block got is the allocator's affair: at best the free ones are neighbours.
        Assert.That(External(result)[0], Is.Zero);
        Assert.That(External(result)[4], Is.EqualTo(1));
        Assert.That(External(result), Is.Ordered);
        Assert.That(result["samples"]!.AsArray().Select(sample => (int)sample!["operation"]!), Is.EqualTo(Enumerable.Range(0, 25)));
        Assert.That(result["samples"]!.AsArray().Select(sample => (int)sample!["usedFrames"]!), Is.EqualTo(Enumerable.Range(0, 17).Concat(Enumerable.Range(8, 8).Reverse())));
    }

    [Test]
    public void The_buddy_leaves_frames_apart_that_were_taken_in_a_row()
    {
        Assert.That(External(Replay("buddy", FullThenEverySecondFreed(16))), Is.EqualTo(new[] { 0, 1, 1, 1, 1 }));

        // Frame 0 of 16 is taken: free are blocks of orders 0, 1, 2 and 3, 15 frames.
        Assert.That(External(Replay("buddy", "a 1 0")), Is.EqualTo(new[] { 0, 1 / 15.0, 3 / 15.0, 7 / 15.0, 1 }).Within(1e-12));
    }

    [TestCaseSource(nameof(s_allocators))]
    public void What_cannot_be_had_is_counted_and_its_free_does_nothing(string allocator)
    {
        JsonNode result = Replay(allocator, "a 1 4\na 2 0\na 3 2\nf 2\nf 1\na 4 0\na 5 4\nf 3\nf 5\nf 4\n");
        Assert.That((int)result["failures"]!, Is.EqualTo(3));
        Assert.That((int)result["failuresByFragmentation"]!, Is.Zero);
        Assert.That((int)result["peakFrames"]!, Is.EqualTo(16));
        Assert.That((int)result["usedFrames"]!, Is.Zero);
    }

    [Test]
    public void A_failure_with_as_many_frames_free_is_fragmentations()
    {
        JsonNode result = Replay("buddy", FullThenEverySecondFreed(16) + "a 100 3\na 101 4\na 102 1\na 103 0\n");
        Assert.That((int)result["failures"]!, Is.EqualTo(3));
        Assert.That((int)result["failuresByFragmentation"]!, Is.EqualTo(2));
    }

    [TestCaseSource(nameof(s_allocators))]
    public void Granted_and_not_requested_is_internal_fragmentation(string allocator)
    {
        JsonNode result = Replay(allocator, "a 1 2 3\na 2 0\na 3 3 5\nf 1");
        Assert.That((int)result["usedFrames"]!, Is.EqualTo(9));
        Assert.That((int)result["requestedFrames"]!, Is.EqualTo(6));
        Assert.That((double)result["internalFragmentation"]!, Is.EqualTo(3 / 9.0).Within(1e-12));
        Assert.That((double)result["samples"]![1]!["internalFragmentation"]!, Is.EqualTo(0.25).Within(1e-12));
    }

    [TestCaseSource(nameof(s_allocators))]
    public void Every_allocator_replays_every_profile(string allocator)
    {
        foreach (TraceProfile profile in TraceProfile.All)
        {
            StringWriter trace = new();
            new TraceGenerator(profile, MemoryAmount.ParseFrames("16M"), seed: 3).Write(trace, 20000);
            JsonNode result = Replay(allocator, trace.ToString(), "--memory", "16M", "--check-every", "1000");
            Assert.That((int)result["operations"]!, Is.EqualTo(20000));
            Assert.That((int)result["validations"]!, Is.EqualTo(21));
            Assert.That((double)result["nanosecondsPerOperation"]!, Is.Positive);
        }
    }

    [Test]
    public void Samples_of_a_long_trace_are_few_even_and_end_with_it()
    {
        string trace = string.Concat(Enumerable.Repeat("a 1 0\nf 1\n", 2501)) + "a 1 0\n";
        int[] operations = [.. Replay("buddy", trace)["samples"]!.AsArray().Select(sample => (int)sample!["operation"]!)];
        Assert.That(operations, Has.Length.InRange(128, 257));
        Assert.That(operations[^1], Is.EqualTo(5003));
        int distance = operations[1];
        Assert.That(operations[..^1], Is.EqualTo(Enumerable.Range(0, operations.Length - 1).Select(i => i * distance)));
    }

    [Test]
    public void An_unknown_allocator_names_those_that_there_are()
    {
        Assert.That(Fail("a 1 0", "none"), Is.EqualTo("error: there is no allocator 'none': " + string.Join(", ", s_allocators)));
        Assert.That(s_allocators, Does.Contain("buddy"));
    }

    [Test]
    public void A_malformed_line_is_an_error()
    {
        Assert.That(Fail("a 1 0\na 2\n", "buddy"), Does.StartWith("error: " + Path.Combine(_folder, "trace") + ":2: not 'a ID ORDER"));
        Assert.That(LabProgram.Run(["frames", "--trace", Path.Combine(_folder, "none"), "--allocator", "buddy"], TextWriter.Null, TextWriter.Null), Is.EqualTo(1));
    }

    [Test]
    public void Frees_from_before_the_recording_are_a_note()
    {
        Replay("buddy", "a 1 0\nf 2\nf 1\nf 1\n", out string notes);
        Assert.That(notes.Trim(), Is.EqualTo("note: 2 frees of blocks that the trace does not allocate are passed over, the first at line 2"));
    }

    [Test]
    public void An_empty_trace_has_an_empty_result()
    {
        JsonNode result = Replay("buddy", "");
        Assert.That((int)result["operations"]!, Is.Zero);
        Assert.That((double)result["nanosecondsPerOperation"]!, Is.Zero);
        Assert.That(Run("", "buddy", []), Does.Contain("operations              0: 0 allocations, 0 frees"));
    }

    [Test]
    public void The_plot_shows_each_order_that_fits_and_memory()
    {
        string plot = Path.Combine(_folder, "plot.svg");
        Replay("buddy", FullThenEverySecondFreed(16) + "a 99 0\n", "--plot", plot);
        XElement svg = XDocument.Load(plot).Root!;
        XElement[] curves = [.. svg.Elements().Where(element => element.Name.LocalName == "polyline")];
        Assert.That(curves, Has.Length.EqualTo(1), "of orders 2, 5, 9 and 12 one fits in 64 KiB");
        Assert.That(curves[0].Attribute("points")!.Value.Split(' '), Has.Length.EqualTo(26));
        Assert.That(svg.Elements().Count(element => element.Name.LocalName == "polygon"), Is.EqualTo(1), "in use; all of it was asked for");
        Assert.That(svg.Value, Does.Contain("16 KiB, order 2").And.Contain("trace on buddy").And.Contain("external fragmentation"));

        Replay("buddy", "a 1 2 3", "--plot", plot, "--memory", "256M");
        svg = XDocument.Load(plot).Root!;
        Assert.That(svg.Elements().Count(element => element.Name.LocalName == "polyline"), Is.EqualTo(4));
        Assert.That(svg.Elements().Count(element => element.Name.LocalName == "polygon"), Is.EqualTo(2), "in use, and asked for");
    }

    [TestCase(BrokenBlocks.Fault.HandsOutTwice, "at line 2 ")]
    [TestCase(BrokenBlocks.Fault.Misaligned, "after line 1 ")]
    [TestCase(BrokenBlocks.Fault.Miscounts, "after line 1 the allocator does not keep its invariant A1")]
    public void An_allocator_that_does_what_it_must_not_is_caught(BrokenBlocks.Fault fault, string where)
    {
        BrokenBlocks.Current = fault;
        using FrameReplay<BrokenBlocks> replay = new(16);
        TraceReader trace = new(new MemoryStream(Encoding.UTF8.GetBytes("a 1 1\na 2 1\na 3 1\n")), "trace");
        LabException problem = Assert.Throws<LabException>(() => replay.Run(trace, 1, new Progress()))!;
        Assert.That(problem.Message, Does.Contain(where));
    }

    [Test]
    public void A_long_replay_says_how_far_it_is()
    {
        StringWriter notes = new();
        ReplayProgress.Lines lines = new(notes, "replaying x", 200, TimeSpan.Zero);
        lines.Report(50);
        Assert.That(notes.ToString().Trim(), Is.EqualTo("replaying x: 25 %"));

        Progress progress = new();
        using FrameReplay replay = AllocatorRegistry.NewReplay("buddy", 16);
        replay.Run(new TraceReader(new MemoryStream("a 1 0\nf 1\n"u8.ToArray()), "trace"), 0, progress);
        Assert.That(progress.Last, Is.EqualTo(10), "all bytes are told");
    }

    private static string FullThenEverySecondFreed(int frames)
    {
        StringBuilder trace = new();
        for (int i = 0; i < frames; i++) trace.Append($"a {i} 0\n");
        for (int i = 0; i < frames; i += 2) trace.Append($"f {i}\n");
        return trace.ToString();
    }

    private static double[] External(JsonNode result) => [.. result["externalFragmentation"]!.AsArray().Select(value => (double)value!)];

    private JsonNode Replay(string allocator, string trace, params string[] options)
    {
        JsonNode result = JsonNode.Parse(Run(trace, allocator, [.. options, "--json"], out string notes))!;
        Assert.That(notes, Is.Empty);
        Assert.That((string)result["allocator"]!, Is.EqualTo(allocator));
        return result;
    }

    private void Replay(string allocator, string trace, out string notes) => Run(trace, allocator, [], out notes);

    private string Run(string trace, string allocator, string[] options) => Run(trace, allocator, options, out _);

    /// <summary>Replays in 64 KiB, when the options do not say otherwise.</summary>
    private string Run(string trace, string allocator, string[] options, out string notes)
    {
        StringWriter output = new();
        StringWriter written = new();
        if (!options.Contains("--memory")) options = [.. options, "--memory", "64K"];
        Assert.That(LabProgram.Run(["frames", "--trace", Save(trace), "--allocator", allocator, .. options], output, written), Is.Zero, written.ToString());
        notes = written.ToString();
        return output.ToString();
    }

    private string Fail(string trace, string allocator)
    {
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["frames", "--trace", Save(trace), "--allocator", allocator], TextWriter.Null, notes), Is.EqualTo(1));
        return notes.ToString().Trim();
    }

    private string Save(string trace)
    {
        string path = Path.Combine(_folder, "trace");
        File.WriteAllText(path, trace);
        return path;
    }

    private sealed class Progress : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }
}
