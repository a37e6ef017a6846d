using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Cosmos.Build.Figures;
using Cosmos.Build.Linux;
using Cosmos.Build.Machines;

namespace Cosmos.Build.Commands;

/// <summary><c>bench-linux</c>: what a program measures under the kernel and under Linux, in the same machine.</summary>
internal static class BenchLinuxCommand
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly string[] s_all = ["fault", "syscall", "mmap", "fork"];

    public static Command Create()
    {
        Option<string> iso = new("--iso") { Description = "the image to boot", Required = true };
        Option<string> program = new("--program") { Description = "the program, a static one, which is in the image's archive too", Required = true };
        Option<string> cache = new("--cache") { Description = "where Linux's kernel is kept", Required = true };
        Option<string?> json = new("--json") { Description = "also write the figures to this file" };
        Argument<string[]> names = new("names") { Description = "figures (all)", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("bench-linux", "measure the same program in the image and under Linux") { iso, program, cache, json, names };
        command.SetAction(parsed =>
        {
            MachineOptions options = new() { IsoPath = parsed.GetRequiredValue(iso), Clock = Clock.Instructions };
            string[] wanted = parsed.GetValue(names) is { Length: > 0 } some ? some : s_all;
            List<Figure> own = BenchCommand.Measure(options, wanted);
            IReadOnlyList<Figure> others = LinuxRun.Measure(options, parsed.GetRequiredValue(cache), parsed.GetRequiredValue(program), wanted, s_limit);
            foreach (string line in Comparison.ToTable("MemOS", own, "Linux", others))
            {
                Console.WriteLine(line);
            }

            if (parsed.GetValue(json) is string file)
            {
                File.WriteAllText(file, Figure.ToJson(own.Concat(others.Select(figure => figure with { Name = "linux." + figure.Name }))) + "\n");
            }

            return 0;
        });
        return command;
    }
}
