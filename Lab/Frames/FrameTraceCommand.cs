using System.CommandLine;
using System.IO;
using System.Linq;

namespace MemOS.Lab.Frames;

/// <summary><c>trace frames</c>: a synthetic trace for <c>frames</c>.</summary>
internal static class FrameTraceCommand
{
    public static Command Create()
    {
        Option<long> operations = new("--operations") { Description = "how many lines", Required = true, HelpName = "N" };
        Option<ulong> seed = new("--seed") { Description = "another seed, another trace", DefaultValueFactory = _ => 1, HelpName = "S" };
        Option<string> profile = new("--profile") { Description = "how it behaves", DefaultValueFactory = _ => TraceProfile.All[0].Name, HelpName = "NAME" };
        Option<string> memory = new("--memory") { Description = "the memory that it fills", DefaultValueFactory = _ => "256M", HelpName = "SIZE" };
        operations.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 0) result.AddError("--operations is not negative");
        });
        string profiles = string.Join("; ", TraceProfile.All.Select(known => $"{known.Name}: {known.Description}"));
        Command command = new("frames", $"write a trace of frames. Profiles are {profiles}") { operations, seed, profile, memory };
        command.SetAction(parsed =>
        {
            TraceProfile chosen = TraceProfile.Named(parsed.GetRequiredValue(profile));
            ulong frames = MemoryAmount.ParseFrames(parsed.GetRequiredValue(memory));
            TextWriter output = parsed.InvocationConfiguration.Output;
            new TraceGenerator(chosen, frames, parsed.GetValue(seed)).Write(output, parsed.GetValue(operations));
            output.Flush();
            return 0;
        });
        return command;
    }
}
