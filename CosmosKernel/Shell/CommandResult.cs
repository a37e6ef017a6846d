namespace MemOS.Shell;

/// <summary>How a command ended, and what is to happen after that has been said.</summary>
public readonly struct CommandResult
{
    private CommandResult(string? failure, MachineAction action)
    {
        Failure = failure;
        Action = action;
    }

    /// <summary>The command did what it was asked to do.</summary>
    public static CommandResult Ok => default;

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; }

    /// <summary>What happens to the machine once the result is printed.</summary>
    public MachineAction Action { get; }

    /// <summary>The command failed.</summary>
    public static CommandResult Failed(string reason) => new(reason, MachineAction.None);

    /// <summary>The command succeeded, and the machine is to do <paramref name="action"/>.</summary>
    public static CommandResult OkThen(MachineAction action) => new(null, action);
}
