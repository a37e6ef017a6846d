using System.Collections.Generic;
using MemOS.Hardware;
using MemOS.Memory.Virtual;
using MemOS.Processes;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The commands about programs: run, programs, syscalls.</summary>
public static class ProcessCommands
{
    private const int SignalMask = 0x7F;

    private static readonly ProcessTable s_table = new(Seed());
    private static readonly List<string> s_environment = new();

    /// <summary>Adds the commands to a table.</summary>
    public static void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("run", "NAME [WORD...]", "runs a program of the archive and says how it ended", Run));
        table.Add(new ShellCommand("programs", "", "lists the files of the archive", List));
        table.Add(new ShellCommand("syscalls", "", "says how many system calls there were, and which of them there are not", Calls));
    }

    private static ulong Seed()
    {
        // No seed on the boot menu's line: the time since power-on is what differs from boot to boot.
        ulong seed = KernelMemory.CommandLine.Seed;
        return seed != 0 ? seed : Cpu.ReadTimestamp();
    }

    /// <summary>Runs the program that the first of <paramref name="arguments"/> names, with all of them, and says how it ended.</summary>
    public static CommandResult Run(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0) return CommandResult.Failed("what? 'programs' lists what there is");
        if (!ProgramFiles.TryFind(arguments[0], out ArchiveEntry file)) return CommandResult.Failed("no file is called '" + arguments[0] + "'");
        Process? process = s_table.TryMake(0, UserLimits.None);
        if (process == null) return CommandResult.Failed("there is no memory for a process");
        List<string> words = new();
        for (int index = 0; index < arguments.Length; index++) words.Add(arguments[index]);
        long error = ProgramLoader.Load(process, in file, words, s_environment, s_table.NextMoves());
        if (error != 0)
        {
            s_table.Bury(process);
            return CommandResult.Failed(error == LinuxError.NoProgram ? "'" + arguments[0] + "' is no static 64-bit program" : "it cannot be loaded: error " + (-error).ToString());
        }

        int status = s_table.RunUntilEnd(process);
        if ((status & SignalMask) != 0) return CommandResult.Failed("killed by signal " + (status & SignalMask).ToString());
        return status == 0 ? CommandResult.Ok : CommandResult.Failed("it ended with " + (status >> 8).ToString());
    }

    private static CommandResult List(ITerminal terminal, string[] arguments)
    {
        int count = 0;
        Archive archive = ProgramFiles.Archive;
        for (ulong position = 0; archive.TryNext(ref position, out ArchiveEntry entry); count++) terminal.WriteLine(entry.SizeBytes.ToString().PadLeft(9) + "  " + entry.Name);
        return count != 0 ? CommandResult.Ok : CommandResult.Failed("there is no archive: the boot loader put no file beside the kernel");
    }

    private static CommandResult Calls(ITerminal terminal, string[] arguments)
    {
        terminal.WriteLine(s_table.Calls.Count.ToString() + " calls");
        for (int index = 0; index < s_table.Calls.Unknown.Count; index++)
            terminal.WriteLine("number " + s_table.Calls.Unknown[index].ToString() + ", which there is not: " + s_table.Calls.UnknownCounts[index].ToString());
        return CommandResult.Ok;
    }
}
