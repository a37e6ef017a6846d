using System;

namespace MemOS.Shell;

/// <summary>No commands: there are no programs on x86-32.</summary>
public static class ProcessCommands
{
    /// <summary>Adds none.</summary>
    public static void AddTo(CommandTable table)
    {
        _ = table;
    }

    /// <summary>There is none: no program ran.</summary>
    public static bool TryTakeUnread(out ConsoleKeyInfo key)
    {
        key = default;
        return false;
    }

    /// <summary>The command as it is.</summary>
    public static ShellCommand WithoutPrograms(ShellCommand command) => command;

    /// <summary>Writes to the console.</summary>
    public static void Show(string text) => Console.Write(text);

    /// <summary>Returns at once: there are no processes.</summary>
    public static void RunUntilKey()
    {
    }
}
