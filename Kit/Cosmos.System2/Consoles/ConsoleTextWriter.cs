using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace Cosmos.System.Consoles;

/// <summary>What <c>Console.Out</c> and <c>Console.Error</c> are in a kernel: a writer straight to the console, without a buffer.</summary>
/// <remarks>Every other overload of the base class ends in one of these.</remarks>
public sealed class ConsoleTextWriter : TextWriter
{
    private readonly KernelConsole _console;

    /// <summary>Creates a writer to <paramref name="console"/>.</summary>
    public ConsoleTextWriter(KernelConsole console)
        : base(CultureInfo.InvariantCulture)
    {
        _console = console;
        CoreNewLine = new[] { '\n' };
    }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => _console.Write(new ReadOnlySpan<char>(new[] { value }));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => _console.Write(new ReadOnlySpan<char>(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => _console.Write(buffer);

    /// <inheritdoc/>
    public override void Write(string? value) => _console.Write(value);

    /// <inheritdoc/>
    public override void WriteLine() => _console.Write("\n");

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        _console.Write(value);
        _console.Write("\n");
    }
}
