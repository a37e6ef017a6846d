using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MemOS.Lab;
using MemOS.Lab.Frames;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary>Traces: what is read, what is refused, what is made up.</summary>
public sealed class TraceTests
{
    private static readonly string[] s_profiles = [.. TraceProfile.All.Select(profile => profile.Name)];

    [Test]
    public void Lines_become_operations_on_slots()
    {
        List<TraceOperation> operations = Read("a 7 3\na 18446744073709551615 0\nf 7\n\n# a remark\n  a 7\t1 2 \r\nf 7\n");
        Assert.That(operations.Select(operation => operation.IsAllocation), Is.EqualTo(new[] { true, true, false, true, false }));
        Assert.That(operations.Select(operation => operation.Order.Value), Is.EqualTo(new[] { 3, 0, 3, 1, 1 }));
        Assert.That(operations.Select(operation => operation.RequestedFrames), Is.EqualTo(new[] { 8, 1, 8, 2, 2 }));
        Assert.That(operations.Select(operation => operation.Slot), Is.EqualTo(new[] { 0, 1, 0, 0, 0 }));
        Assert.That(operations.Select(operation => operation.Line), Is.EqualTo(new[] { 1, 2, 3, 6, 7 }));
    }

    [Test]
    public void The_last_line_needs_no_end() => Assert.That(Read("a 1 0\nf 1"), Has.Count.EqualTo(2));

    [Test]
    public void Lines_that_a_piece_of_the_file_cuts_are_whole()
    {
        // Primes, so that cuts fall everywhere.
        string trace = string.Concat(Enumerable.Range(0, 20011).Select(i => $"a {1000003L * i} {i % 5} 1\n"));
        Assert.That(Read(trace).Select(operation => operation.Order.Value), Is.EqualTo(Enumerable.Range(0, 20011).Select(i => i % 5)));
    }

    [TestCase("a 1", "not 'a ID ORDER")]
    [TestCase("a 1 x", "not 'a ID ORDER")]
    [TestCase("a -1 0", "not 'a ID ORDER")]
    [TestCase("a 1 +1", "not 'a ID ORDER")]
    [TestCase("a 18446744073709551616 0", "not 'a ID ORDER")]
    [TestCase("a 1 0 1 1", "not 'a ID ORDER")]
    [TestCase("a 1 0x1", "not 'a ID ORDER")]
    [TestCase("a  ", "not 'a ID ORDER")]
    [TestCase("f", "not 'a ID ORDER")]
    [TestCase("f 1 2", "not 'a ID ORDER")]
    [TestCase("free 1", "not 'a ID ORDER")]
    [TestCase("A 1 0", "not 'a ID ORDER")]
    [TestCase("a 1 19", "order 19 is above 18")]
    [TestCase("a 1 2 5", "1 to 4 frames, not 5")]
    [TestCase("a 1 2 0", "1 to 4 frames, not 0")]
    [TestCase("a 8 2", "8 is allocated already, by line 2")]
    public void A_malformed_line_is_named(string line, string why)
    {
        LabException problem = Assert.Throws<LabException>(() => Read($"# a remark\na 8 0\n{line}\na 9 0\n"))!;
        Assert.That(problem.Message, Does.StartWith("trace:3: ").And.Contain(why));
    }

    [Test]
    public void A_line_without_end_is_named()
    {
        LabException problem = Assert.Throws<LabException>(() => Read("a 1 0\n" + new string('a', 1 << 17)))!;
        Assert.That(problem.Message, Does.StartWith("trace:2: "));
    }

    [Test]
    public void Frees_of_blocks_from_before_are_counted_and_passed_over()
    {
        TraceReader reader = Reader("f 3\na 1 0\nf 1\nf 1\n");
        Assert.That(reader.Read(new TraceOperation[10]), Is.EqualTo(2));
        Assert.That(reader.UnknownFrees, Is.EqualTo(2));
        Assert.That(reader.FirstUnknownFree, Is.EqualTo(1));
    }

    [TestCaseSource(nameof(s_profiles))]
    public void A_profile_makes_as_many_lines_as_asked_for_and_can_be_read(string profile)
    {
        TraceReader reader = Reader(Generate(profile, 20000, 5));
        TraceOperation[] operations = new TraceOperation[20001];
        Assert.That(reader.Read(operations), Is.EqualTo(20000));
        Assert.That(reader.UnknownFrees, Is.Zero);
    }

    [TestCaseSource(nameof(s_profiles))]
    public void The_same_seed_makes_the_same_trace(string profile)
    {
        string trace = Generate(profile, 5000, 5);
        Assert.That(Generate(profile, 5000, 5), Is.EqualTo(trace));
        Assert.That(Generate(profile, 5000, 6), Is.Not.EqualTo(trace));
    }

    [TestCaseSource(nameof(s_profiles))]
    public void A_profile_ends_at_its_level(string profile)
    {
        const ulong MemoryFrames = 4096;
        long used = Read(Generate(profile, 40000, 7)).Sum(operation => (operation.IsAllocation ? 1L : -1) << operation.Order.Value);
        double level = (double)used / MemoryFrames;
        Assert.That(level, Is.EqualTo(TraceProfile.Named(profile).Phases[^1].Level).Within(0.15));
    }

    [Test]
    public void Unknown_profiles_and_amounts_are_errors()
    {
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["trace", "frames", "--operations", "1", "--profile", "none"], TextWriter.Null, notes), Is.EqualTo(1));
        Assert.That(notes.ToString(), Is.EqualTo("error: there is no profile 'none': " + string.Join(", ", s_profiles) + Environment.NewLine));
        foreach (string amount in new[] { "", "M", "0M", "-1M", "3K", "1T", "1025G", "99999999999999999999" })
            Assert.That(() => MemoryAmount.ParseFrames(amount), Throws.TypeOf<LabException>(), amount);
        Assert.That(MemoryAmount.ParseFrames("640K"), Is.EqualTo(160));
        Assert.That(MemoryAmount.ParseFrames("16"), Is.EqualTo(MemoryAmount.ParseFrames("16m")));
        Assert.That(MemoryAmount.ParseFrames("1024G"), Is.EqualTo(1UL << 28));
    }

    private static string Generate(string profile, int operations, int seed)
    {
        StringWriter output = new();
        string[] arguments = ["trace", "frames", "--operations", $"{operations}", "--seed", $"{seed}", "--profile", profile, "--memory", "16M"];
        Assert.That(LabProgram.Run(arguments, output, TextWriter.Null), Is.Zero);
        return output.ToString();
    }

    private static TraceReader Reader(string trace) => new(new MemoryStream(Encoding.UTF8.GetBytes(trace)), "trace");

    private static List<TraceOperation> Read(string trace)
    {
        TraceReader reader = Reader(trace);
        TraceOperation[] chunk = new TraceOperation[1000];
        List<TraceOperation> operations = [];
        for (int count; (count = reader.Read(chunk)) != 0;) operations.AddRange(chunk[..count]);
        return operations;
    }
}
