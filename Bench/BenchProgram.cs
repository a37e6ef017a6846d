using System;
using System.CommandLine;
using System.IO;
using Cosmos.Build.Figures;
using MemOS.Bench.Frames;
using MemOS.Lab;

namespace MemOS.Bench;

/// <summary>Figures of the kernel's own sources on the host, beside others that do the same.</summary>
internal static class BenchProgram
{
    private const int Failed = 1;

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

    private static RootCommand CreateCommand()
    {
        Argument<string[]> names = new("names") { Description = "what to measure: frames (all)", Arity = ArgumentArity.ZeroOrMore };
        Option<int> rounds = new("--rounds") { Description = "how often each is measured", DefaultValueFactory = _ => 50, HelpName = "N" };
        Option<long> operations = new("--operations") { Description = "operations in a round; without it, as many as take a millisecond", HelpName = "N" };
        Option<string> memory = new("--memory") { Description = "the memory of each peer", DefaultValueFactory = _ => "512M", HelpName = "SIZE" };
        Option<string?> json = new("--json") { Description = "also write the figures to this file", HelpName = "FILE" };
        names.AcceptOnlyFromAmong("frames");
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--rounds is at least 1");
        });
        operations.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError("--operations is at least 1");
        });

        RootCommand root = new("MemOS's memory management beside others', on this machine.") { names, rounds, operations, memory, json };
        root.SetAction(parsed =>
        {
            FrameBench bench = new(MemoryAmount.ParseFrames(parsed.GetRequiredValue(memory)), parsed.GetValue(rounds), parsed.GetValue(operations));
            FrameBenchResult result = bench.Run();
            parsed.InvocationConfiguration.Output.WriteLine(result.ToText());
            if (parsed.GetValue(json) is { } file) File.WriteAllText(file, Figure.ToJson(result.Figures) + "\n");
            return 0;
        });
        return root;
    }
}
