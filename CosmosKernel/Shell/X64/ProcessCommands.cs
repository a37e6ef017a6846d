using System;
using System.Collections.Generic;
using MemOS.Hardware;
using MemOS.Processes;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The commands about programs: run, wait, kill, programs, syscalls.</summary>
public static unsafe class ProcessCommands
{
    private const string Background = "&";
    private const int DefaultSignal = 15;
    private const ulong LastSignal = 64;

    private static readonly ProcessTable s_table = new(new ProcessRandom(KernelMemory.CommandLine, ProcessorState.Features));
    private static readonly LimitCommand s_limits = new();
    private static readonly List<string> s_environment = new();

    /// <summary>Adds the commands to a table.</summary>
    public static void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("run", "NAME [WORD...]", "runs a program of the archive and says how it ended; with & last, in the background", Run));
        table.Add(new ShellCommand("wait", "[PID]", "waits until a process in the background has ended, or all have", Wait));
        table.Add(new ShellCommand("kill", "PID [SIGNAL]", "sends a process a signal, 15 (terminate) when none is named", Kill));
        table.Add(new ShellCommand("programs", "", "lists the files of the archive", List));
        table.Add(new ShellCommand("syscalls", "", "says how many system calls there were, and which of them there are not", Calls));
        table.Add(s_limits.ToCommand());
        new ProcessReports(s_table).AddTo(table);
        CrossCalls.SetPrograms(&TakeTurn);
    }

    /// <summary>The processes.</summary>
    internal static ProcessTable Table => s_table;

    /// <summary>A command that looks at the whole machine: as long as it runs, no program does, but those that it runs itself.</summary>
    public static ShellCommand WithoutPrograms(ShellCommand command) =>
        new(command.Name, command.Usage, command.Summary, (terminal, arguments) => RunAlone(command, terminal, arguments), command.ArgumentWords);

    /// <summary>Writes to the console, where programs write too.</summary>
    public static void Show(string text) => ProgramOutput.Write(text);

    /// <summary>Gives processes in the background their turns until a key is pressed; returns at once when there are none.</summary>
    public static void RunUntilKey() => s_table.RunUntilKey();

    /// <summary>The next key of those that were typed while a program ran, and that it did not read; false when there is none.</summary>
    public static bool TryTakeUnread(out ConsoleKeyInfo key) => Terminal.Live.TryTakeUnread(out key);

    /// <summary>Runs the program that the first of <paramref name="arguments"/> names, with all of them, and says how it ended.</summary>
    public static CommandResult Run(ITerminal terminal, string[] arguments)
    {
        int count = arguments.Length;
        bool isInBackground = count > 1 && arguments[count - 1] == Background;
        if (isInBackground) count--;
        if (count == 0) return CommandResult.Failed("what? 'programs' lists what there is");
        if (!ProgramFiles.TryFind(arguments[0], out ArchiveEntry file)) return CommandResult.Failed("no file is called '" + arguments[0] + "'");
        List<string> words = new();
        for (int index = 0; index < count; index++) words.Add(arguments[index]);
        Process? process = null;
        long error = 0;
        s_table.Do(() =>
        {
            process = s_table.TryMake(0);
            if (process != null) error = Load(process, in file, words, isInBackground);
        });
        if (process == null) return CommandResult.Failed("there is no memory for a process");
        if (error != 0)
        {
            return CommandResult.Failed(error == LinuxError.NoProgram ? "'" + arguments[0] + "' is no static 64-bit program" : "it cannot be loaded: error " + (-error).ToString());
        }

        if (!isInBackground) return ProcessText.ResultOf(s_table.RunUntilEnd(process));
        terminal.WriteLine("process " + process.Id.ToString());
        return CommandResult.Ok;
    }

    private static CommandResult RunAlone(ShellCommand command, ITerminal terminal, string[] arguments)
    {
        Exception? failure = null;
        CommandResult result = CommandResult.Ok;
        s_table.Pause();
        try
        {
            result = command.Handler(terminal, arguments);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        s_table.Resume();
        if (failure != null) throw failure;
        return result;
    }

    // Starts it when it is to run in the background.
    private static long Load(Process process, in ArchiveEntry file, List<string> words, bool isInBackground)
    {
        s_limits.ApplyTo(process);
        long error = s_table.TryLoad(process, in file, words, s_environment);
        if (error != 0)
        {
            s_table.Bury(process);
        }
        else if (isInBackground)
        {
            process.Files.Put(0, new NullFile()); // Keys are the shell's, or those of the program that runs in the foreground.
            s_table.Start(process);
        }

        return error;
    }

    // On a processor that has nothing else to do.
    private static bool TakeTurn() => s_table.TryTakeTurnIdle();

    private static CommandResult Wait(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            for (Process? process = s_table.AwaitFirst(); process != null; process = s_table.AwaitFirst())
            {
                int id = process.Id;
                terminal.WriteLine("process " + id.ToString() + " (" + process.Name + ") " + ProcessText.EndOf(s_table.RunUntilEnd(process)));
            }

            return CommandResult.Ok;
        }

        if (arguments.Length != 1 || !ProcessText.TryParseId(arguments[0], out int wanted)) return CommandResult.Failed("wait [PID]");
        Process? awaited = s_table.Await(wanted);
        if (awaited != null && awaited.ParentId != 0) return CommandResult.Failed("its parent, process " + awaited.ParentId.ToString() + ", waits for it");
        if (awaited != null) return ProcessText.ResultOf(s_table.RunUntilEnd(awaited));
        EndedProcess? ended = s_table.History.Find(wanted);
        return ended != null ? ProcessText.ResultOf(ended.Status) : NoProcess(arguments[0]);
    }

    private static CommandResult Kill(ITerminal terminal, string[] arguments)
    {
        ulong signal = DefaultSignal;
        if (arguments.Length is 0 or > 2 || (arguments.Length == 2 && !NumberText.TryParse(arguments[1], out signal))) return CommandResult.Failed("kill PID [SIGNAL]");
        if (signal is 0 or > LastSignal) return CommandResult.Failed("signals have numbers from 1 to " + LastSignal.ToString());
        if (!ProcessText.TryParseId(arguments[0], out int id)) return CommandResult.Failed("kill PID [SIGNAL]");
        s_table.Enter();
        Process? process = s_table.Find(id);
        bool isThere = process != null && process.State != ProcessState.Ended;
        if (isThere) s_table.Send(process!, (int)signal);
        s_table.Leave();
        return isThere ? CommandResult.Ok : NoProcess(arguments[0]);
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
        terminal.WriteLine(s_table.CallCount.ToString() + " calls");
        for (int index = 0; index < s_table.Calls.Unknown.Count; index++)
            terminal.WriteLine("number " + s_table.Calls.Unknown[index].ToString() + ", which there is not: " + s_table.Calls.UnknownCounts[index].ToString());
        return CommandResult.Ok;
    }

    private static CommandResult NoProcess(string id) => CommandResult.Failed("there is no process " + id);
}
