using System;
using MemOS.Processes;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>What faults and system calls cost a program, measured by a program of the archive; where there is none, nothing is measured.</summary>
/// <remarks>The program is told what it costs to clear and to copy a frame, so that it can say what remains without that.</remarks>
public sealed class ProgramFigures
{
    private const string Program = "memory-bench";

    private static readonly string[] s_names = { "fault.demand", "fault.cow", "syscall.null", "mmap.touch.munmap", "fork.exit.wait" };

    private readonly BenchSuite _suite;

    private ProgramFigures(BenchSuite suite) => _suite = suite;

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite) => suite.Add(new BenchProgram(s_names, new ProgramFigures(suite).Run));

    private CommandResult Run(ITerminal terminal, string wanted)
    {
        bool isThere = ProgramFiles.TryFind(Program, out _);
        if (!isThere) return wanted.Length == 0 ? CommandResult.Ok : CommandResult.Failed("the archive has no program " + Program);
        if (!_suite.TryMeasure(MemoryFigures.Clear, out ulong clear) || !_suite.TryMeasure(MemoryFigures.Copy, out ulong copy))
            return CommandResult.Failed("the rounds of " + MemoryFigures.Clear + " or " + MemoryFigures.Copy + " do not agree");
        string[] words = { Program, "clear=" + clear.ToString(), "copy=" + copy.ToString(), wanted };
        if (wanted.Length == 0) Array.Resize(ref words, words.Length - 1);
        return ProcessCommands.Run(terminal, words);
    }
}
