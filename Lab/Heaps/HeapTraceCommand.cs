using System.CommandLine;
using System.IO;
using System.Linq;

namespace MemOS.Lab.Heaps;

/// <summary><c>trace heap</c>: a synthetic trace for <c>replay</c>.</summary>
internal static class HeapTraceCommand
{
    public static Command Create()
    {
        Option<long> operations = new("--operations") { Description = "how many lines after the header", Required = true, HelpName = "N" };
        Option<ulong> seed = new("--seed") { Description = "another seed, another trace", DefaultValueFactory = _ => 1, HelpName = "S" };
        Option<string> profile = new("--profile") { Description = "how it behaves", DefaultValueFactory = _ => HeapTraceProfile.All[0].Name, HelpName = "NAME" };
        operations.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 0) result.AddError("--operations is not negative");
        });
        string profiles = string.Join("; ", HeapTraceProfile.All.Select(known => $"{known.Name}: {known.Description}"));
        Command command = new("heap", $"write a trace of a heap. Profiles are {profiles}") { operations, seed, profile };
        command.SetAction(parsed =>
        {
            HeapTraceProfile chosen = HeapTraceProfile.Named(parsed.GetRequiredValue(profile));
            TextWriter output = parsed.InvocationConfiguration.Output;
            new HeapTraceGenerator(chosen, parsed.GetValue(seed)).Write(output, parsed.GetValue(operations));
            output.Flush();
            return 0;
        });
        return command;
    }
}
