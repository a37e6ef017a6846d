using System;
using System.CommandLine;
using System.IO;
using MemOS.Memory.Heap;

namespace MemOS.Lab.Heaps;

/// <summary><c>replay</c>: a trace of allocations, reallocations and frees, replayed on a heap.</summary>
internal static class ReplayCommand
{
    /// <summary>With <c>--checked</c>: every so many operations.</summary>
    private const long CheckedDistance = 1000;

    public static Command Create(TextWriter notes)
    {
        Argument<string> trace = new("trace") { Description = "four lines of a header, then 'a ID SIZE', 'r ID SIZE' and 'f ID'", HelpName = "FILE.rep" };
        Option<string> allocator = new("--allocator") { Description = string.Join(", ", HeapRegistry.Names), Required = true, HelpName = "NAME" };
        Option<string> memory = new("--memory") { Description = "how much there is", DefaultValueFactory = _ => "1G", HelpName = "SIZE" };
        Option<bool> isChecked = new("--checked")
        {
            Description = $"a heap of the kernel's with red zones, quarantine and checksums, as with heap.check=on; invariants are checked after every {CheckedDistance} operations",
        };
        Option<long> check = new("--check-every") { Description = "check them after so many operations", HelpName = "N" };
        Option<bool> json = new("--json") { Description = "print JSON" };
        Option<string?> plot = new("--plot") { Description = "also draw memory over time, and blocks by size", HelpName = "OUT.svg" };
        Command command = new("replay", "replay a trace on a heap") { trace, allocator, memory, isChecked, check, json, plot };
        check.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError("--check-every is at least 1");
        });
        command.SetAction(parsed =>
        {
            long distance = parsed.GetValue(check) != 0 ? parsed.GetValue(check) : parsed.GetValue(isChecked) ? CheckedDistance : 0;
            string name = parsed.GetRequiredValue(allocator);
            ulong frames = MemoryAmount.ParseFrames(parsed.GetRequiredValue(memory));
            HeapWatch watch = parsed.GetValue(isChecked) ? HeapWatch.Checked : HeapWatch.None;
            HeapReplayResult result = Replay(parsed.GetRequiredValue(trace), name, () => HeapRegistry.NewReplay(name, frames, watch), distance, notes);
            if (parsed.GetValue(plot) is { } file) File.WriteAllText(file, HeapPlot.Create(result));
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? HeapReport.Json(result) : HeapReport.Text(result));
            return 0;
        });
        return command;
    }

    private static HeapReplayResult Replay(string path, string allocator, Func<HeapReplay> newReplay, long distance, TextWriter notes)
    {
        // Not buffered: the reader takes large pieces.
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        if (!file.CanSeek) throw new LabException($"{path} is not a file that can be read twice");
        string name = Path.GetFileName(path);
        using HeapReplay replay = newReplay();
        HeapTraceReader trace = new(file, path);
        ReplayProgress.Show(notes, $"replaying {name}", file.Length, progress => replay.Verify(trace, distance, progress));
        if (HeapReport.Note(trace) is { } note) notes.WriteLine(note);
        TimeSpan? elapsed = replay.Counts.Failures == 0 ? Time(file, path, newReplay, notes) : null;
        return new HeapReplayResult(
            name, allocator, replay.MemoryBytes, replay.Counts, replay.PeakFootprintBytes, replay.Validations, trace.UnknownBlocks, elapsed, replay.Sizes, replay.Samples);
    }

    /// <summary>The second time on the same kind of heap: the first has compiled everything, and touched the memory.</summary>
    private static TimeSpan Time(FileStream file, string path, Func<HeapReplay> newReplay, TextWriter notes)
    {
        using HeapReplay replay = newReplay();
        TimeSpan elapsed = default;
        for (int round = 0; round < 2; round++)
        {
            file.Position = 0;
            HeapTraceReader trace = new(file, path);
            ReplayProgress.Show(notes, $"timing {Path.GetFileName(path)}", file.Length, progress => elapsed = replay.Time(trace, progress));
        }

        return elapsed;
    }
}
