using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MemOS.Lab;
using MemOS.Lab.Heaps;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary><c>lab replay</c>: what it counts, and what it does not let a heap do.</summary>
public sealed class ReplayLabTests
{
    private static readonly IEnumerable<string> s_heaps = HeapRegistry.Names;
    private static readonly IEnumerable<string> s_kernelHeaps = HeapRegistry.Names.Where(name => name != "glibc");
    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("memos-lab").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(s_heaps))]
    public void Operations_peaks_and_what_is_left_are_counted(string heap)
    {
        JsonNode result = Replay(heap, 3, "a 0 1000", "a 1 3000", "r 0 2000", "f 1", "a 2 100");
        Assert.That((int)result["operations"]!, Is.EqualTo(5));
        Assert.That((int)result["allocations"]!, Is.EqualTo(3));
        Assert.That((int)result["reallocations"]!, Is.EqualTo(1));
        Assert.That((int)result["frees"]!, Is.EqualTo(1));
        Assert.That((int)result["failures"]!, Is.Zero);
        Assert.That((int)result["peakRequestedBytes"]!, Is.EqualTo(5000));
        Assert.That((int)result["requestedBytes"]!, Is.EqualTo(2100));
        Assert.That((int)result["grantedBytes"]!, Is.InRange(2100, 2100 * 5 / 4 + 64));
        Assert.That((int)result["liveBlocks"]!, Is.EqualTo(2));
        Assert.That((int)result["verifiedBlocks"]!, Is.EqualTo(4), "one reallocated, one freed, two at the end");
        Assert.That((double)result["operationsPerSecond"]!, Is.Positive);
        Assert.That(result["samples"]!.AsArray().Select(sample => (int)sample!["requestedBytes"]!), Is.EqualTo(new[] { 0, 1000, 4000, 5000, 2000, 2100 }));
        Assert.That(result["sizes"]!.AsArray().Sum(size => (int)size!["blocks"]!), Is.EqualTo(4));
        Assert.That(result["sizes"]!.AsArray().Sum(size => (int)size!["requestedBytes"]!), Is.EqualTo(6100));
    }

    [Test]
    public void A_slabs_heap_rounds_to_its_classes()
    {
        JsonNode result = Replay("slab", 4, "a 0 33", "a 1 40", "f 0", "a 2 48", "a 3 20000");
        Assert.That(result["sizes"]!.ToJsonString(), Is.EqualTo(
            """[{"blockBytes":48,"blocks":3,"requestedBytes":121,"grantedBytes":144,"mostLive":2},{"blockBytes":32768,"blocks":1,"requestedBytes":20000,"grantedBytes":20480,"mostLive":1}]"""));
        Assert.That((double)result["waste"]!, Is.EqualTo(1 - 20121.0 / 20624).Within(1e-12));
        Assert.That((double)result["internalFragmentation"]!, Is.EqualTo(1 - 20088.0 / 20576).Within(1e-12));
        Assert.That((double)result["utilisation"]!, Is.EqualTo((double)result["peakRequestedBytes"]! / (double)result["peakFootprintBytes"]!).Within(1e-12));
        Assert.That((ulong)result["footprintBytes"]! % 4096, Is.Zero);
    }

    [TestCaseSource(nameof(s_heaps))]
    public void Every_heap_replays_every_profile(string heap)
    {
        foreach (HeapTraceProfile profile in HeapTraceProfile.All)
        {
            StringWriter trace = new();
            new HeapTraceGenerator(profile, seed: 3).Write(trace, 20000);
            JsonNode result = Run(heap, trace.ToString(), "--checked");
            Assert.That((int)result["operations"]!, Is.EqualTo(20000));
            Assert.That((int)result["validations"]!, Is.EqualTo(21));
            Assert.That((int)result["liveBlocks"]!, Is.Zero);
            Assert.That((int)result["grantedBytes"]!, Is.Zero);
        }
    }

    [TestCaseSource(nameof(s_heaps))]
    public void What_cannot_be_had_is_counted_and_the_old_block_stays(string heap)
    {
        JsonNode result = Run(heap, Trace(4, "a 0 1000", "a 1 18446744073709551615", "r 0 9000000", "r 1 10", "r 1 20000000", "f 0", "a 2 8388609", "f 2", "a 3 0", "f 3", "f 1"), "--memory", "8M");
        Assert.That((int)result["failures"]!, Is.EqualTo(4));
        Assert.That((int)result["liveBlocks"]!, Is.Zero);
        Assert.That((double)result["nanosecondsPerOperation"]!, Is.Zero, "failing is quick");
    }

    [TestCase(nameof(BrokenHeap.Fault.HandsOutTwice), "at line 6 the heap fails: byte 0 of the block from line 5 is not what was written")]
    [TestCase(nameof(BrokenHeap.Fault.Overlaps), "at line 6 the heap fails: byte ")]
    [TestCase(nameof(BrokenHeap.Fault.Misaligns), "at line 5 the heap fails: the block is not aligned to 16 bytes")]
    [TestCase(nameof(BrokenHeap.Fault.GivesTooLittle), "at line 5 the heap fails: the block holds 99 bytes only")]
    [TestCase(nameof(BrokenHeap.Fault.LosesContentWhenItMoves), "at line 6 the heap fails: byte 0 of the block from line 5 is not what was written")]
    [TestCase(nameof(BrokenHeap.Fault.RefusesFrees), "at line 7 the heap fails: of a block that it handed out it says: free of a foreign pointer")]
    [TestCase(nameof(BrokenHeap.Fault.BreaksInvariant), "after line 5 the heap does not keep its invariant I7")]
    public void A_heap_that_does_what_it_must_not_is_caught(string fault, string why)
    {
        bool isAboutTwo = fault is nameof(BrokenHeap.Fault.HandsOutTwice) or nameof(BrokenHeap.Fault.Overlaps);
        string trace = isAboutTwo ? Trace(2, "a 0 112", "a 1 112") : Trace(1, "a 0 100", "r 0 200", "f 0");
        using HeapReplay<BrokenHeap> replay = new(new BrokenHeap(Enum.Parse<BrokenHeap.Fault>(fault)), 1 << 16);
        HeapTraceReader reader = new(new MemoryStream(Encoding.UTF8.GetBytes(trace)), "trace");
        LabException problem = Assert.Throws<LabException>(() => replay.Verify(reader, 1, new Progress<long>()))!;
        Assert.That(problem.Message, Does.StartWith(why));
    }

    [Test]
    public void Content_tells_the_block_and_the_place([Values(0, 1, 7, 8, 9, 100)] int size)
    {
        byte[] bytes = new byte[size + 1];
        unsafe
        {
            fixed (byte* block = bytes)
            {
                BlockContent.Write(block, 0, (ulong)size, 5);
                Assert.That(BlockContent.FindDamage(block, (ulong)size, 5), Is.EqualTo(size));
                Assert.That(bytes[size], Is.Zero, "nothing behind it is written");
                for (int at = 0; at < size; at++)
                {
                    block[at] ^= 1;
                    Assert.That(BlockContent.FindDamage(block, (ulong)size, 5), Is.EqualTo(at));
                    block[at] ^= 1;
                    if (at % 8 == 0) Assert.That(BlockContent.FindDamage(block + at, 1, 6), Is.Zero, "another block's");
                }
            }
        }
    }

    [Test]
    public void A_recordings_unknown_blocks_are_a_note()
    {
        Run("slab", "0\n0\n0\n1\nf 9\na 1 8\nr 2 64 3\nf 3\n", out string notes);
        Assert.That(notes.Trim(), Is.EqualTo("note: 2 blocks that the recording did not see allocated are passed over, the first at line 5"));
    }

    [Test]
    public void An_empty_trace_has_an_empty_result()
    {
        string printed = Run("slab", "0\n0\n0\n0\n", out _);
        Assert.That(printed, Does.Contain("operations              0: 0 allocations, 0 reallocations, 0 frees"));
    }

    [Test]
    public void What_cannot_be_replayed_is_an_error()
    {
        Assert.That(Fail("none", Trace(1, "a 0 1")), Is.EqualTo("error: there is no heap 'none': " + string.Join(", ", s_heaps)));
        Assert.That(Fail("slab", Trace(1, "a 0 1", "f 1")), Does.StartWith("error: " + Path.Combine(_folder, "trace") + ":6: ID 1 is not below"));
        Assert.That(Fail("slab", "1\n2\n"), Does.Contain(":3: the trace ends before the number of operations"));
        Assert.That(Fail("slab", Trace(1, "a 0 1"), "--memory", "16K"), Is.EqualTo("error: that is not enough memory for the heap's tables"));
    }

    [TestCaseSource(nameof(s_kernelHeaps))]
    public void Rubbish_is_refused_with_a_line_and_nothing_worse(string heap)
    {
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(Trace(3, "a 0 10", "a 1 20", "r 1 300", "f 0", "a 2 18", "f 1", "f 2"));
            for (int i = 0; i < 3; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string path = Path.Combine(_folder, "trace");
            File.WriteAllBytes(path, bytes);
            StringWriter notes = new();
            int exit = LabProgram.Run(["replay", path, "--allocator", heap, "--memory", "4M"], TextWriter.Null, notes);
            if (exit != 0) Assert.That(notes.ToString(), Does.StartWith($"error: {path}:"));
        }
    }

    [Test]
    public void The_plot_shows_memory_and_each_size()
    {
        string plot = Path.Combine(_folder, "plot.svg");
        Run("slab", Trace(2, "a 0 100", "a 1 1000", "f 0"), "--plot", plot);
        XElement svg = XDocument.Load(plot).Root!;
        Assert.That(svg.Elements().Count(element => element.Name.LocalName == "polygon"), Is.EqualTo(3), "the heap's, in blocks, asked for");
        Assert.That(svg.Value, Does.Contain("trace on slab").And.Contain("112").And.Contain("1K").And.Contain("per cent"));
    }

    private static string Trace(int ids, params string[] operations) => $"1000\n{ids}\n{operations.Length}\n1\n{string.Join('\n', operations)}\n";

    private JsonNode Replay(string heap, int ids, params string[] operations) => Run(heap, Trace(ids, operations));

    private JsonNode Run(string heap, string trace, params string[] options)
    {
        StringWriter output = new();
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["replay", Save(trace), "--allocator", heap, "--json", .. options], output, notes), Is.Zero, notes.ToString());
        JsonNode result = JsonNode.Parse(output.ToString())!;
        Assert.That((string)result["allocator"]!, Is.EqualTo(heap));
        return result;
    }

    private string Run(string heap, string trace, out string notes)
    {
        StringWriter output = new();
        StringWriter written = new();
        Assert.That(LabProgram.Run(["replay", Save(trace), "--allocator", heap], output, written), Is.Zero, written.ToString());
        notes = written.ToString();
        return output.ToString();
    }

    private string Fail(string heap, string trace, params string[] options)
    {
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["replay", Save(trace), "--allocator", heap, .. options], TextWriter.Null, notes), Is.EqualTo(1));
        return notes.ToString().Trim();
    }

    private string Save(string trace)
    {
        string path = Path.Combine(_folder, "trace");
        File.WriteAllText(path, trace);
        return path;
    }
}
