using System;

namespace MemOS.Shell;

/// <summary>The kernel's console as a terminal.</summary>
public sealed class ConsoleTerminal : ITerminal
{
    /// <inheritdoc/>
    /// <remarks>Processes in the background run meanwhile.</remarks>
    public ConsoleKeyInfo ReadKey()
    {
        ProcessCommands.RunUntilKey();
        return Console.ReadKey(intercept: true);
    }

    /// <inheritdoc/>
    public void Write(string text) => Console.Write(text);

    /// <inheritdoc/>
    public void Clear() => Console.Clear();
}
