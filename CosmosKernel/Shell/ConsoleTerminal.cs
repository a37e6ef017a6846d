using System;

namespace MemOS.Shell;

/// <summary>The kernel's console as a terminal.</summary>
public sealed class ConsoleTerminal : ITerminal
{
    /// <inheritdoc/>
    /// <remarks>Processes in the background run meanwhile. What was typed while a program ran and not read by it comes first.</remarks>
    public ConsoleKeyInfo ReadKey()
    {
        if (ProcessCommands.TryTakeUnread(out ConsoleKeyInfo key)) return key;
        ProcessCommands.RunUntilKey();
        return Console.ReadKey(intercept: true);
    }

    /// <inheritdoc/>
    public void Write(string text) => ProcessCommands.Show(text);

    /// <inheritdoc/>
    public void Clear() => Console.Clear();
}
