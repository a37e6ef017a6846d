namespace MemOS.Shell;

/// <summary>What runs a command: gets the words behind its name.</summary>
public delegate CommandResult CommandHandler(ITerminal terminal, string[] arguments);

/// <summary>A command of the shell.</summary>
public sealed class ShellCommand
{
    /// <summary>Creates a command.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="usage">Its arguments as <c>help</c> shows them; empty when it takes none.</param>
    /// <param name="summary">What it does, in one line.</param>
    /// <param name="handler">What runs it.</param>
    /// <param name="argumentWords">Words that its first argument may be, for completion.</param>
    public ShellCommand(string name, string usage, string summary, CommandHandler handler, string[]? argumentWords = null)
    {
        Name = name;
        Usage = usage;
        Summary = summary;
        Handler = handler;
        ArgumentWords = argumentWords ?? new string[0];
    }

    /// <summary>What is typed.</summary>
    public string Name { get; }

    /// <summary>Its arguments; empty when it takes none.</summary>
    public string Usage { get; }

    /// <summary>What it does, in one line.</summary>
    public string Summary { get; }

    /// <summary>What runs it.</summary>
    public CommandHandler Handler { get; }

    /// <summary>Words that its first argument may be.</summary>
    public string[] ArgumentWords { get; }

    /// <summary>Name and arguments, as one types them.</summary>
    public string Synopsis => Usage.Length == 0 ? Name : Name + " " + Usage;
}
