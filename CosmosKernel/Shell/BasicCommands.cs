namespace MemOS.Shell;

/// <summary>The commands about the shell itself: help, history, clear, echo.</summary>
public sealed class BasicCommands
{
    private readonly CommandTable _commands;
    private readonly CommandHistory _history;

    /// <summary>Creates the commands for a shell's table and history.</summary>
    public BasicCommands(CommandTable commands, CommandHistory history)
    {
        _commands = commands;
        _history = history;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("help", "[COMMAND]", "lists the commands, or says more about one", Help));
        table.Add(new ShellCommand("history", "", "lists the lines typed before", History));
        table.Add(new ShellCommand("clear", "", "empties the screen", Clear));
        table.Add(new ShellCommand("echo", "[WORD...]", "prints its words", Echo));
    }

    private CommandResult Help(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length > 0)
        {
            ShellCommand? command = _commands.Find(arguments[0]);
            if (command is null) return CommandResult.Failed("no command '" + arguments[0] + "'");

            terminal.WriteLine(command.Synopsis);
            terminal.WriteLine("  " + command.Summary);
            return CommandResult.Ok;
        }

        int width = 0;
        foreach (ShellCommand command in _commands.Commands) width = System.Math.Max(width, command.Synopsis.Length);
        foreach (ShellCommand command in _commands.Commands)
            terminal.WriteLine(command.Synopsis.PadRight(width + 2) + command.Summary);
        return CommandResult.Ok;
    }

    private CommandResult History(ITerminal terminal, string[] arguments)
    {
        int width = _history.Count.ToString().Length;
        for (int i = 0; i < _history.Count; i++) terminal.WriteLine((i + 1).ToString().PadLeft(width) + "  " + _history[i]);
        return CommandResult.Ok;
    }

    private static CommandResult Clear(ITerminal terminal, string[] arguments)
    {
        terminal.Clear();
        return CommandResult.Ok;
    }

    private static CommandResult Echo(ITerminal terminal, string[] arguments)
    {
        terminal.WriteLine(string.Join(" ", arguments));
        return CommandResult.Ok;
    }
}
