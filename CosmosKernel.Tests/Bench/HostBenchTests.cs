using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Cosmos.Build.Figures;
using MemOS.Bench;
using MemOS.Bench.Frames;
using MemOS.Bench.Heaps;
using MemOS.Lab.Frames;
using MemOS.Lab.Heaps;
using MemOS.Tests.Docs;
using NUnit.Framework;

namespace MemOS.Tests.Bench;

/// <summary><c>memos bench host</c>.</summary>
public sealed partial class HostBenchTests
{
    private static readonly string[] s_peers = [FramePeers.Floor, "memory", .. AllocatorRegistry.Names, "linear", "glibc", "jemalloc"];

    [Test]
    [CancelAfter(120_000)]
    public async Task A_short_run_prints_each_peer_and_writes_each_figure(CancellationToken cancellation)
    {
        string json = Path.GetTempFileName();
        try
        {
            string printed = await RunProgram(["frames", "--rounds", "2", "--operations", "3", "--memory", "16M", "--json", json], cancellation);
            foreach (string peer in s_peers) Assert.That(printed, Does.Contain("\n" + FramePeers.Describe(peer) + " "));

            JsonArray figures = JsonNode.Parse(await File.ReadAllTextAsync(json, cancellation))!["figures"]!.AsArray();
            string[] expected = [.. FrameOperation.All.SelectMany(operation => s_peers.Select(peer => $"host.{operation.Name}.{peer}"))];
            Assert.That(figures.Select(figure => (string)figure!["name"]!), Is.EquivalentTo(expected));
            foreach (JsonNode? figure in figures)
            {
                double[] rounds = [.. figure!["rounds"]!.AsArray().Select(round => (double)round!)];
                Assert.That((string)figure["unit"]!, Is.EqualTo("ns"));
                Assert.That(rounds, Has.Length.EqualTo(2));
                Assert.That((double)figure["value"]!, Is.EqualTo(rounds.Min()).And.Positive);
            }
        }
        finally
        {
            File.Delete(json);
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Heaps_are_measured_on_each_trace_and_compared(CancellationToken cancellation)
    {
        string json = Path.GetTempFileName();
        try
        {
            string printed = await RunProgram(["heap", "--rounds", "3", "--operations", "600", "--memory", "64M", "--json", json], cancellation);
            foreach (string peer in HeapPeers.Names) Assert.That(printed, Does.Contain("\n" + HeapPeers.Describe(peer) + " "));
            Assert.That(printed, Does.Match(@"A call that does nothing: [0-9]+\.[0-9]+ ns of MemOS's kind, [0-9]+\.[0-9]+ ns of a C library's\."));

            JsonArray figures = JsonNode.Parse(await File.ReadAllTextAsync(json, cancellation))!["figures"]!.AsArray();
            string[] expected = [.. HeapTraceProfile.All.SelectMany(profile => HeapPeers.Names.Select(peer => $"host.heap.{profile.Name}.{peer}"))];
            Assert.That(figures.Select(figure => (string)figure!["name"]!), Is.EquivalentTo(expected));
            foreach (JsonNode? figure in figures) Assert.That(figure!["rounds"]!.AsArray().Select(round => (double)round!).ToArray(), Has.Length.EqualTo(3).And.All.Positive);
        }
        finally
        {
            File.Delete(json);
        }
    }

    [Test]
    public void A_ratio_is_the_median_of_those_of_the_same_rounds()
    {
        HeapTraceFigures figures = new("x", new Dictionary<string, Figure>
        {
            [HeapPeers.Reference] = new("m", "ns", 1, [1, 2, 4, 8, 16]),
            ["slab"] = new("s", "ns", 1, [3, 4, 4, 8, 8]),
        });
        Assert.That(figures.RatiosOf("slab"), Is.EqualTo((1.0, 1.0, 2.0)));
        Assert.That(figures.MedianOf("slab"), Is.EqualTo(4));
    }

    [TestCase("none")]
    [TestCase("--rounds", "0")]
    [TestCase("--operations", "0")]
    [TestCase("--memory", "x")]
    [TestCase("heap", "--memory", "1M", "--operations", "2000")]
    public void What_cannot_be_measured_is_an_error(params string[] arguments)
    {
        StringWriter notes = new();
        Assert.That(BenchProgram.Run(arguments, TextWriter.Null, notes), Is.EqualTo(1));
        Assert.That(notes.ToString(), Is.Not.Empty);
    }

    [Test]
    public void The_page_tells_of_each_peer_and_each_operation()
    {
        string page = DocumentationTree.Read("docs/bench.md");
        foreach (string peer in s_peers.Except(AllocatorRegistry.Names).Concat(["bitmap", "buddy", "hybrid"])) Assert.That(page, Does.Contain($"| `{peer}` |"));
        foreach (FrameOperation operation in FrameOperation.All) Assert.That(page, Does.Contain($"| `{operation.Name}` | {operation.Title} |"));
        foreach (string peer in HeapPeers.Names) Assert.That(page, Does.Match($@"\n\|[^|]*`{peer}`[^|]*\|"));
    }

    /// <summary>Runs it as the script does: C libraries that are loaded late want room that only a fresh process can have.</summary>
    private static async Task<string> RunProgram(string[] arguments, CancellationToken cancellation)
    {
        Match tunables = Tunables().Match(DocumentationTree.Read("memos"));
        Assert.That(tunables.Success, Is.True, "the script makes room for the libraries");
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "memos-bench.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GLIBC_TUNABLES"] = tunables.Groups[1].Value },
        };
        using Process program = Process.Start(start)!;
        Task<string> output = program.StandardOutput.ReadToEndAsync(cancellation);
        string errors = await program.StandardError.ReadToEndAsync(cancellation);
        await program.WaitForExitAsync(cancellation);
        Assert.That(program.ExitCode, Is.Zero, errors);
        return await output;
    }

    [GeneratedRegex(@"GLIBC_TUNABLES=(\S+)")]
    private static partial Regex Tunables();
}
