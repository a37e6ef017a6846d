using System;
using System.IO;
using System.Text;

namespace Cosmos.System.Consoles;

/// <summary>What <c>Console.In</c> is in a kernel: lines typed at the console, echoed, with Backspace as the only editing key.</summary>
public sealed class ConsoleTextReader : TextReader
{
    private readonly KernelConsole _console;
    private string _line = string.Empty;
    private int _next;

    /// <summary>Creates a reader of <paramref name="console"/>.</summary>
    public ConsoleTextReader(KernelConsole console)
    {
        _console = console;
    }

    /// <inheritdoc/>
    public override int Peek() => _next < _line.Length ? _line[_next] : -1;

    /// <inheritdoc/>
    public override int Read()
    {
        if (_next == _line.Length)
        {
            _line = ReadEchoed() + "\n";
            _next = 0;
        }

        return _line[_next++];
    }

    /// <inheritdoc/>
    public override string ReadLine()
    {
        if (_next == _line.Length)
        {
            return ReadEchoed();
        }

        string rest = _line.Substring(_next, _line.Length - _next - 1);
        _next = _line.Length;
        return rest;
    }

    private string ReadEchoed()
    {
        var line = new StringBuilder();
        while (true)
        {
            ConsoleKeyInfo key = _console.ReadKey();
            if (key.Key == ConsoleKey.Enter)
            {
                _console.Write("\n");
                return line.ToString();
            }

            if (key.Key == ConsoleKey.Backspace && line.Length > 0)
            {
                line.Length--;
                _console.Write("\b \b");
            }
            else if (key.KeyChar >= ' ')
            {
                line.Append(key.KeyChar);
                _console.Write(new ReadOnlySpan<char>(new[] { key.KeyChar }));
            }
        }
    }
}
