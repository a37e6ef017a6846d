using System;

namespace MemOS.Shell;

/// <summary>The kernel's console as a terminal.</summary>
public sealed class ConsoleTerminal : ITerminal
{
    /// <inheritdoc/>
    public ConsoleKeyInfo ReadKey() => Console.ReadKey(intercept: true);

    /// <inheritdoc/>
    public void Write(string text) => Console.Write(text);

    /// <inheritdoc/>
    public void Clear() => Console.Clear();
}
