using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MemOS.Lab;
using MemOS.Lab.Heaps;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary>Traces of heaps: what is read, what is refused, what is made up.</summary>
public sealed class HeapTraceTests
{
    private const string Recording = "0\n0\n0\n1\n";
    private static readonly string[] s_profiles = [.. HeapTraceProfile.All.Select(profile => profile.Name)];

    [Test]
    public void Lines_become_operations_on_slots()
    {
        List<HeapOperation> operations = Read("20000\n3\n7\n1\na 0 512\n\n# a remark\na 2 8\nr 0 640\nf 2\n  a 2\t16 \r\na 1 0\nf 0", out HeapTraceReader reader);
        Assert.That(reader.Header, Is.EqualTo(new HeapTraceHeader(20000, 3, 7, 1)));
        Assert.That(operations.Select(operation => operation.Verb), Is.EqualTo(
            new[] { HeapVerb.Allocate, HeapVerb.Allocate, HeapVerb.Reallocate, HeapVerb.Free, HeapVerb.Allocate, HeapVerb.Allocate, HeapVerb.Free }));
        Assert.That(operations.Select(operation => operation.SizeBytes), Is.EqualTo(new[] { 512, 8, 640, 0, 16, 0, 0 }));
        Assert.That(operations.Select(operation => operation.Slot), Is.EqualTo(new[] { 0, 1, 0, 1, 1, 2, 0 }));
        Assert.That(operations.Select(operation => operation.Line), Is.EqualTo(new[] { 5, 8, 9, 10, 11, 12, 13 }));
        Assert.That(reader.SlotCount, Is.EqualTo(3));
    }

    [TestCase("a 1", "not 'a ID SIZE'")]
    [TestCase("a 1 x", "not 'a ID SIZE'")]
    [TestCase("a 1 -1", "not 'a ID SIZE'")]
    [TestCase("a 1 18446744073709551616", "not 'a ID SIZE'")]
    [TestCase("a 1 8 9", "not 'a ID SIZE'")]
    [TestCase("r 0 8 1", "not 'a ID SIZE'")]
    [TestCase("m 1 8", "not 'a ID SIZE'")]
    [TestCase("aa 1 8", "not 'a ID SIZE'")]
    [TestCase("f", "not 'a ID SIZE'")]
    [TestCase("f 0 1", "not 'a ID SIZE'")]
    [TestCase("f 1", "1 is not allocated, or freed already")]
    [TestCase("r 1 8", "1 is not allocated, or freed already")]
    [TestCase("a 0 8", "0 is allocated already, by line 5")]
    [TestCase("a 2 8", "ID 2 is not below the header's 2")]
    [TestCase("f 99", "ID 99 is not below the header's 2")]
    public void A_wrong_line_is_named(string line, string why)
    {
        LabException problem = Assert.Throws<LabException>(() => Read($"1\n2\n3\n1\na 0 8\n{line}\na 1 8\n"))!;
        Assert.That(problem.Message, Does.StartWith("trace:6: ").And.Contain(why));
    }

    [TestCase("1\n1\n2\n1\na 0 8\nf 0\nf 0\n", "trace:7: the header says 2 operations, this is one more")]
    [TestCase("1\n1\n2\n1\na 0 8\n", "trace:3: the header says 2 operations, 1 follow")]
    [TestCase("1\n3\n2\n1\na 0 8\na 1 8\n", "trace:2: the header says 3 IDs, those used end at 2")]
    [TestCase("1\n1\n3\n1\na 0 8\nf 0\nf 0\n", "trace:7: 0 is not allocated, or freed already")]
    [TestCase("", "trace:1: the trace ends before the heap's size")]
    [TestCase("1\n2\n3\n", "trace:4: the trace ends before the weight")]
    [TestCase("1\n2 2\n3\n1\n", "trace:2: the number of IDs, line 2 of the header, is not a number")]
    [TestCase("1\n2\nthree\n1\n", "trace:3: the number of operations, line 3 of the header, is not a number")]
    public void A_header_that_does_not_fit_is_an_error(string trace, string why) =>
        Assert.That(Assert.Throws<LabException>(() => Read(trace))!.Message, Does.StartWith(why));

    [Test]
    public void Huge_numbers_in_a_header_cost_nothing()
    {
        LabException problem = Assert.Throws<LabException>(() => Read($"{ulong.MaxValue}\n{ulong.MaxValue}\n{ulong.MaxValue}\n1\na 18446744073709551614 8\n"))!;
        Assert.That(problem.Message, Does.StartWith("trace:3: the header says 18446744073709551615 operations, 1 follow"));
    }

    [Test]
    public void A_recording_starts_in_the_middle_of_things()
    {
        List<HeapOperation> operations = Read(Recording + "f 7\na 99 8\nr 5 64 6\nf 5\nr 6 128 4096\nf 4096\nf 6\nf 99\n", out HeapTraceReader reader);
        Assert.That(operations.Select(operation => operation.Verb), Is.EqualTo(
            new[] { HeapVerb.Allocate, HeapVerb.Allocate, HeapVerb.Reallocate, HeapVerb.Free, HeapVerb.Free }));
        Assert.That(operations.Select(operation => operation.Slot), Is.EqualTo(new[] { 0, 1, 1, 1, 0 }));
        Assert.That((reader.UnknownBlocks, reader.FirstUnknownBlock), Is.EqualTo((4, 5)));
    }

    [Test]
    public void A_recording_cannot_give_a_block_the_name_of_another() =>
        Assert.That(Assert.Throws<LabException>(() => Read(Recording + "a 1 8\na 2 8\nr 1 9 2\n"))!.Message, Does.StartWith("trace:7: 2 is allocated already"));

    [TestCaseSource(nameof(s_profiles))]
    public void A_profile_makes_as_many_operations_as_asked_for_and_leaves_nothing(string profile)
    {
        for (int count = 0; count < 40; count++) Assert.That(Read(Generate(profile, count, 3)), Has.Count.EqualTo(count));
        List<HeapOperation> operations = Read(Generate(profile, 20001, 5), out HeapTraceReader reader);
        Assert.That(operations, Has.Count.EqualTo(20001));
        Assert.That(operations.Count(operation => operation.Verb == HeapVerb.Free), Is.EqualTo((int)reader.Header.Ids));
        Assert.That(operations.Count(operation => operation.Verb == HeapVerb.Allocate), Is.EqualTo((int)reader.Header.Ids));
    }

    [TestCaseSource(nameof(s_profiles))]
    public void The_same_seed_makes_the_same_trace(string profile)
    {
        string trace = Generate(profile, 5000, 5);
        Assert.That(Generate(profile, 5000, 5), Is.EqualTo(trace));
        Assert.That(Generate(profile, 5000, 6), Is.Not.EqualTo(trace));
    }

    [Test]
    public void Lives_are_as_long_on_the_average_as_the_profile_says()
    {
        // Half of the operations allocate, and each block stays for its life: half of that is live.
        HeapTraceProfile profile = new("x", "x", new HeapTracePhase(1, new BlockKind(1, 1000, 0, new SizeBand(1, 8, 8))));
        int live = 0;
        List<int> samples = [];
        int done = 0;
        foreach (HeapTraceGenerator.Step step in new HeapTraceGenerator(profile, 1).Generate(100000))
        {
            live += step.Verb == HeapVerb.Allocate ? 1 : -1;
            if (++done is > 10000 and < 90000) samples.Add(live);
        }

        Assert.That(samples.Average(), Is.EqualTo(500).Within(50));
    }

    [Test]
    public void Exponential_numbers_have_the_mean_the_variance_and_the_tail()
    {
        SplitMix64 random = new(1);
        double[] numbers = [.. Enumerable.Range(0, 200000).Select(_ => random.Exponential())];
        Assert.That(numbers.Average(), Is.EqualTo(1).Within(0.01));
        Assert.That(numbers.Average(number => number * number), Is.EqualTo(2).Within(0.05));
        Assert.That(numbers.Count(number => number > 3) / 200000.0, Is.EqualTo(Math.Exp(-3)).Within(0.003));
    }

    [Test]
    public void Growing_blocks_grow_from_a_sixteenth_to_their_size()
    {
        HeapTraceProfile profile = new("x", "x", new HeapTracePhase(1, new BlockKind(1, 100, 100, new SizeBand(1, 1024, 1024))));
        HeapTraceGenerator.Step[] first = [.. new HeapTraceGenerator(profile, 1).Generate(20000).Where(step => step.Id == 5)];
        Assert.That(first.Select(step => step.SizeBytes), Is.EqualTo(new[] { 64, 128, 256, 512, 1024, 0 }));
    }

    [Test]
    public void Unknown_profiles_are_errors()
    {
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["trace", "heap", "--operations", "1", "--profile", "none"], TextWriter.Null, notes), Is.EqualTo(1));
        Assert.That(notes.ToString(), Is.EqualTo("error: there is no profile 'none': " + string.Join(", ", s_profiles) + Environment.NewLine));
    }

    private static string Generate(string profile, int operations, int seed)
    {
        StringWriter output = new();
        Assert.That(LabProgram.Run(["trace", "heap", "--operations", $"{operations}", "--seed", $"{seed}", "--profile", profile], output, TextWriter.Null), Is.Zero);
        return output.ToString();
    }

    private static List<HeapOperation> Read(string trace) => Read(trace, out _);

    private static List<HeapOperation> Read(string trace, out HeapTraceReader reader)
    {
        reader = new HeapTraceReader(new MemoryStream(Encoding.UTF8.GetBytes(trace)), "trace");
        HeapOperation[] chunk = new HeapOperation[100];
        List<HeapOperation> operations = [];
        for (int count; (count = reader.Read(chunk)) != 0;) operations.AddRange(chunk[..count]);
        return operations;
    }
}
