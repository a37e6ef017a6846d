using System;
using System.CommandLine;
using System.IO;
using MemOS.Lab.Frames;
using MemOS.Lab.Heaps;
using MemOS.Lab.Paging;
using MemOS.Lab.Zones;

namespace MemOS.Lab;

/// <summary>The kernel's own sources on the desk: one verb an experiment.</summary>
internal static class LabProgram
{
    private const int Failed = 1;

    public static int Main(string[] arguments) => Run(arguments, Console.Out, Console.Error);

    /// <summary>Runs a verb; results go to <paramref name="output"/>, everything else to <paramref name="notes"/>.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter notes)
    {
        RootCommand root = new("MemOS's memory management, tried without a machine.")
        {
            ZonesCommand.Create(notes), FramesCommand.Create(notes), ReplayCommand.Create(notes),
            new Command("trace", "write a synthetic trace") { FrameTraceCommand.Create(), HeapTraceCommand.Create() },
            WalkCommand.Create(), TablesCommand.Create(),
        };
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, Output = output, Error = notes };
        try
        {
            return root.Parse(arguments).Invoke(configuration);
        }
        catch (Exception problem) when (problem is LabException or IOException or UnauthorizedAccessException)
        {
            notes.WriteLine("error: " + problem.Message);
            return Failed;
        }
    }
}
