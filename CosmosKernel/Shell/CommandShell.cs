using System;
using System.Collections.Generic;

namespace MemOS.Shell;

/// <summary>The shell: prompt, line, commands, results.</summary>
/// <remarks>
/// Each command ends with a line <c>ok</c> or <c>failed: REASON</c>. Of commands separated by <c>;</c> those behind one that
/// failed are not run. An exception that a command throws is reported and counts as a failure.
/// </remarks>
public sealed class CommandShell
{
    /// <summary>What the shell writes when it waits for a line.</summary>
    public const string Prompt = "memos> ";

    private readonly ITerminal _terminal;
    private readonly IMachine _machine;
    private readonly CommandHistory _history = new();
    private readonly LineEditor _editor;

    /// <summary>Creates a shell with the commands that need nothing but the shell and the machine.</summary>
    public CommandShell(ITerminal terminal, IMachine machine)
    {
        _terminal = terminal;
        _machine = machine;
        _editor = new LineEditor(terminal, _history, Commands);
        new BasicCommands(Commands, _history).AddTo(Commands);
        new MachineCommands(machine).AddTo(Commands);
    }

    /// <summary>The commands; more can be added.</summary>
    public CommandTable Commands { get; } = new();

    /// <summary>Reads one line and runs what it says.</summary>
    public void ReadAndRun() => Run(_editor.ReadLine(Prompt));

    /// <summary>Runs a script as if it had been typed.</summary>
    /// <returns>Whether every command succeeded.</returns>
    public bool RunTyped(string script)
    {
        _terminal.WriteLine(Prompt + script);
        return Run(script);
    }

    /// <summary>Runs the commands of a script until one fails.</summary>
    /// <returns>Whether every command succeeded.</returns>
    public bool Run(string script)
    {
        if (!ScriptParser.TryParse(script, out List<string[]> commands))
            return Finish(CommandResult.Failed("a quotation mark has no partner"));

        foreach (string[] words in commands)
        {
            if (!Finish(Invoke(words))) return false;
        }

        return true;
    }

    private bool Finish(CommandResult result)
    {
        _terminal.WriteLine(result.Failure is null ? "ok" : "failed: " + result.Failure);
        if (result.Action != MachineAction.None) _machine.Do(result.Action);
        return result.Failure is null;
    }

    private CommandResult Invoke(string[] words)
    {
        ShellCommand? command = Commands.Find(words[0]);
        if (command is null)
        {
            string? suggestion = Commands.Suggest(words[0]);
            return CommandResult.Failed("no command '" + words[0] + "'"
                + (suggestion is null ? ", try 'help'" : ", did you mean '" + suggestion + "'?"));
        }

        string[] arguments = new string[words.Length - 1];
        Array.Copy(words, 1, arguments, 0, arguments.Length);
        try
        {
            return command.Handler(_terminal, arguments);
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    private CommandResult Report(Exception exception)
    {
        string type = exception.GetType().ToString();
        _terminal.WriteLine("unhandled exception " + type + ": " + exception.Message);
        string? trace = exception.StackTrace;
        if (!string.IsNullOrEmpty(trace)) _terminal.WriteLine(trace.TrimEnd('\r', '\n'));
        return CommandResult.Failed(type);
    }
}
