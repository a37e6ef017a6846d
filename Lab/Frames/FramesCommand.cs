using System.CommandLine;
using System.IO;

namespace MemOS.Lab.Frames;

/// <summary><c>frames</c>: a trace of allocations and frees, replayed on one of the kernel's frame allocators.</summary>
internal static class FramesCommand
{
    public static Command Create(TextWriter notes)
    {
        Option<string> trace = new("--trace") { Description = "lines 'a ID ORDER [FRAMES]' and 'f ID'", Required = true, HelpName = "FILE" };
        Option<string> allocator = new("--allocator") { Description = string.Join(", ", AllocatorRegistry.Names), Required = true, HelpName = "NAME" };
        Option<string> memory = new("--memory") { Description = "how much there is", DefaultValueFactory = _ => "256M", HelpName = "SIZE" };
        Option<long> check = new("--check-every") { Description = "check the allocator's invariants after so many operations; without it, now and then", HelpName = "N" };
        Option<bool> json = new("--json") { Description = "print JSON" };
        Option<string?> plot = new("--plot") { Description = "also draw memory and fragmentation over time", HelpName = "OUT.svg" };
        Command command = new("frames", "replay a trace on a frame allocator") { trace, allocator, memory, check, json, plot };
        check.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError("--check-every is at least 1");
        });
        command.SetAction(parsed =>
        {
            ulong frames = MemoryAmount.ParseFrames(parsed.GetRequiredValue(memory));
            using FrameReplay replay = AllocatorRegistry.NewReplay(parsed.GetRequiredValue(allocator), frames);
            ReplayResult result = Replay(replay, parsed.GetRequiredValue(trace), parsed.GetRequiredValue(allocator), parsed.GetValue(check), notes);
            if (parsed.GetValue(plot) is { } file) File.WriteAllText(file, FragmentationPlot.Create(result));
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? FramesReport.Json(result) : FramesReport.Text(result));
            return 0;
        });
        return command;
    }

    private static ReplayResult Replay(FrameReplay replay, string path, string allocator, long checkEvery, TextWriter notes)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        TraceReader trace = new(file, path);
        ReplayProgress.Show(notes, $"replaying {Path.GetFileName(path)}", file.CanSeek ? file.Length : 0, progress => replay.Run(trace, checkEvery, progress));
        if (FramesReport.Note(trace) is { } note) notes.WriteLine(note);
        return new ReplayResult(
            Path.GetFileName(path), allocator, replay.MemoryFrames, replay.Counts, trace.UnknownFrees, replay.Validations, replay.Samples);
    }
}
