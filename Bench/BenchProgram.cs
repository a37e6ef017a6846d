using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Cosmos.Build.Figures;
using MemOS.Bench.Frames;
using MemOS.Bench.Heaps;
using MemOS.Lab;
using MemOS.Lab.Heaps;

namespace MemOS.Bench;

/// <summary>Figures of the kernel's own sources on the host, beside others that do the same.</summary>
internal static class BenchProgram
{
    private const int Failed = 1;
    private const string Frames = "frames";
    private const string Heap = "heap";

    /// <summary>Enough for the longest lives of a trace to end.</summary>
    private const int HeapOperations = 100_000;

    public static int Main(string[] arguments) => Run(arguments, Console.Out, Console.Error);

    /// <summary>Takes the figures that are asked for; they go to <paramref name="output"/>, everything else to <paramref name="notes"/>.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter notes)
    {
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, Output = output, Error = notes };
        try
        {
            return CreateCommand().Parse(arguments).Invoke(configuration);
        }
        catch (Exception problem) when (problem is LabException or IOException or UnauthorizedAccessException)
        {
            notes.WriteLine("error: " + problem.Message);
            return Failed;
        }
    }

    private static IEnumerable<string> ProfileNames => HeapTraceProfile.All.Select(profile => profile.Name);

    private static RootCommand CreateCommand()
    {
        Argument<string[]> names = new("names") { Description = "what to measure: frames, heap (all)", Arity = ArgumentArity.ZeroOrMore };
        Option<int> rounds = new("--rounds") { Description = "how often each is measured", DefaultValueFactory = _ => 50, HelpName = "N" };
        Option<int> operations = new("--operations")
        {
            Description = $"operations in a round; without it, of frames as many as take a millisecond, of heaps {HeapOperations}",
            HelpName = "N",
        };
        Option<string> memory = new("--memory") { Description = "the memory of each peer", DefaultValueFactory = _ => "512M", HelpName = "SIZE" };
        Option<string[]> profiles = new("--profile") { Description = "traces of heaps to replay: " + string.Join(", ", ProfileNames) + " (all)", HelpName = "NAME" };
        Option<string?> json = new("--json") { Description = "also write the figures to this file", HelpName = "FILE" };
        names.AcceptOnlyFromAmong(Frames, Heap);
        profiles.AcceptOnlyFromAmong([.. ProfileNames]);
        foreach (Option<int> option in new[] { rounds, operations })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1) result.AddError(option.Name + " is at least 1");
            });
        }

        RootCommand root = new("MemOS's memory management beside others', on this machine.") { names, rounds, operations, memory, profiles, json };
        root.SetAction(parsed =>
        {
            ulong frames = MemoryAmount.ParseFrames(parsed.GetRequiredValue(memory));
            string[] chosen = parsed.GetValue(names) is { Length: > 0 } some ? some : [Frames, Heap];
            HeapTraceProfile[] traces = [.. HeapTraceProfile.All.Where(known => parsed.GetValue(profiles) is not { Length: > 0 } wanted || wanted.Contains(known.Name))];
            IEnumerable<Figure> figures = Measure(chosen, traces, frames, parsed.GetValue(rounds), parsed.GetValue(operations), parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(json) is { } file) File.WriteAllText(file, Figure.ToJson(figures) + "\n");
            return 0;
        });
        return root;
    }

    private static IEnumerable<Figure> Measure(
        string[] names, IReadOnlyList<HeapTraceProfile> profiles, ulong memoryFrames, int rounds, int operations, TextWriter output)
    {
        List<Figure> figures = [];
        if (names.Contains(Frames))
        {
            FrameBenchResult result = new FrameBench(memoryFrames, rounds, operations).Run();
            output.WriteLine(result.ToText());
            figures.AddRange(result.Figures);
        }

        if (names.Contains(Heap))
        {
            if (figures.Count != 0) output.WriteLine();
            HeapBenchResult result = new HeapBench(memoryFrames, rounds, operations == 0 ? HeapOperations : operations).Run(profiles);
            output.WriteLine(result.ToText());
            figures.AddRange(result.Figures);
        }

        return figures;
    }
}
