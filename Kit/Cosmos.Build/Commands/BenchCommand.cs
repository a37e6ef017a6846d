using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Cosmos.Build.Figures;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Commands;

/// <summary><c>bench</c>: the kernel's own figures, in guest instructions.</summary>
internal static class BenchCommand
{
    private const string FigureOfSeveral = "tlb.shootdown";
    private const int SeveralCpus = 4;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    public static Command Create()
    {
        Option<string> iso = new("--iso") { Description = "the image to boot", Required = true };
        Option<string?> json = new("--json") { Description = "also write the figures to this file" };
        Option<string> memory = new("--memory") { Description = "the machine's memory", DefaultValueFactory = _ => "512M" };
        Argument<string[]> names = new("names") { Description = "figures (all)", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("bench", "boot an image that counts instructions and run its bench command") { iso, json, memory, names };
        command.SetAction(parsed =>
        {
            MachineOptions options = new()
            {
                IsoPath = parsed.GetRequiredValue(iso),
                Memory = MemorySize.Parse(parsed.GetRequiredValue(memory)),
                Clock = Clock.Instructions,
            };
            IReadOnlyList<Figure> figures = MeasureAll(options, parsed.GetValue(names) ?? []);
            foreach (string line in Figure.ToTable(figures))
            {
                Console.WriteLine(line);
            }

            if (parsed.GetValue(json) is string file)
            {
                File.WriteAllText(file, Figure.ToJson(figures) + "\n");
            }

            return 0;
        });
        return command;
    }

    // The others are measured where no other processor takes part.
    private static List<Figure> MeasureAll(MachineOptions options, string[] names)
    {
        string[] ofSeveral = [.. names.Where(name => name.StartsWith(FigureOfSeveral, StringComparison.Ordinal))];
        List<Figure> figures = [];
        if (names.Length == 0 || ofSeveral.Length != names.Length) figures.AddRange(Measure(options, [.. names.Except(ofSeveral)]));
        if (names.Length == 0) ofSeveral = [FigureOfSeveral];
        if (ofSeveral.Length != 0) figures.AddRange(Measure(options with { Cpus = SeveralCpus }, ofSeveral));
        return figures;
    }

    /// <summary>What the kernel's bench command prints of figures whose names begin with <paramref name="names"/>; all without any.</summary>
    /// <exception cref="ToolException">It failed, or rounds do not agree.</exception>
    public static List<Figure> Measure(MachineOptions options, string[] names)
    {
        using BootedMachine machine = BootedMachine.Start(options);
        List<Figure> figures = [];
        foreach (string command in names.Length == 0 ? ["bench"] : names.Select(name => "bench " + name))
        {
            CommandResult result = machine.Run(command, s_limit);
            figures.AddRange(result.Succeeded ? Figure.Parse(result.Lines) : throw new ToolException($"'{command}' failed: {result.Failure}"));
        }

        Figure? unsettled = figures.Find(figure => !figure.IsSettled);
        if (unsettled is not null)
        {
            throw new ToolException($"{unsettled.Name}: the rounds do not agree: {string.Join(' ', unsettled.Rounds)}");
        }

        return figures.Count > 0 ? figures : throw new ToolException("the kernel's bench printed no figure");
    }
}
