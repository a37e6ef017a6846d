using System;

namespace Cosmos.System.Consoles;

/// <summary>The keys of a terminal at the other end of a serial line.</summary>
public sealed class SerialKeyboard
{
    /// <summary>
    /// Polls without input after which an escape byte stands for itself: some milliseconds of port reads. A terminal sends a
    /// sequence in one piece, a person does not type the next key within that time.
    /// </summary>
    public const int EscapePolls = 5_000;

    private readonly SerialPort _port;
    private readonly TerminalKeyDecoder _decoder = new();
    private int _idlePolls;

    /// <summary>Creates the keyboard over <paramref name="port"/>.</summary>
    public SerialKeyboard(SerialPort port)
    {
        _port = port;
    }

    /// <summary>Whether an escape byte has come, and nothing after it yet.</summary>
    public bool EscapePending => _decoder.EscapePending;

    /// <summary>Takes the next key when there is one; never waits.</summary>
    public bool TryRead(out ConsoleKeyInfo key)
    {
        if (_decoder.TryTakePending(out key))
        {
            return true;
        }

        while (_port.TryRead(out byte value))
        {
            _idlePolls = 0;
            if (_decoder.TryDecode(value, out key))
            {
                return true;
            }
        }

        key = default;
        return _decoder.EscapePending && ++_idlePolls > EscapePolls && _decoder.TryFlush(out key);
    }
}
