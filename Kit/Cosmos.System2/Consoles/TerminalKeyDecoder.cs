using System;

namespace Cosmos.System.Consoles;

/// <summary>Turns what a terminal sends over a serial line into keys: UTF-8, control characters, escape sequences.</summary>
/// <remarks>
/// Sources: ECMA-48 (control sequences) and xterm's tables of function keys. An escape byte alone is the Escape key, and
/// only time tells: <see cref="TryFlush"/> says so when nothing has followed for long enough.
/// </remarks>
public sealed class TerminalKeyDecoder
{
    private const byte EscapeByte = 0x1B;
    private const byte Delete = 0x7F;
    private const int MaximumParameter = 999;

    private enum State
    {
        Ground,
        Escape,
        ControlSequence,
        SingleShift,
        Continuation,
    }

    private State _state;
    private bool _afterCarriageReturn;
    private bool _secondParameter;
    private int _parameter;
    private int _modifiers;
    private int _codePoint;
    private int _continuationBytes;
    private char _pendingLowSurrogate;

    /// <summary>Whether an escape byte waits for what follows it.</summary>
    public bool EscapePending => _state == State.Escape;

    /// <summary>Takes the next byte.</summary>
    /// <returns>True when it completes a key.</returns>
    public bool TryDecode(byte value, out ConsoleKeyInfo key)
    {
        bool lineFeedOfPair = value == '\n' && _afterCarriageReturn;
        _afterCarriageReturn = value == '\r';
        if (lineFeedOfPair)
        {
            key = default;
            return false;
        }

        switch (_state)
        {
            case State.Escape:
                return TryAfterEscape(value, out key);
            case State.ControlSequence:
                return TryControlSequence(value, out key);
            case State.SingleShift:
                _state = State.Ground;
                return TryFinal((char)value, out key);
            case State.Continuation when (value & 0xC0) == 0x80:
                return TryContinue(value, out key);
            default:
                _state = State.Ground;
                return TryGround(value, out key);
        }
    }

    /// <summary>Takes what is complete without a further byte: an escape byte that stayed alone, the second half of a character.</summary>
    public bool TryFlush(out ConsoleKeyInfo key)
    {
        if (_state == State.Escape)
        {
            _state = State.Ground;
            key = new ConsoleKeyInfo('\u001B', ConsoleKey.Escape, false, false, false);
            return true;
        }

        return TryTakePending(out key);
    }

    /// <summary>Takes the second half of a character outside the basic plane.</summary>
    public bool TryTakePending(out ConsoleKeyInfo key)
    {
        char pending = _pendingLowSurrogate;
        _pendingLowSurrogate = '\0';
        key = new ConsoleKeyInfo(pending, default, false, false, false);
        return pending != '\0';
    }

    private bool TryGround(byte value, out ConsoleKeyInfo key)
    {
        key = default;
        switch (value)
        {
            case EscapeByte:
                _state = State.Escape;
                return false;
            case 0:
                key = new ConsoleKeyInfo('\0', ConsoleKey.Spacebar, false, false, true);
                return true;
            case < 0x80:
                key = FromAscii(value, alternate: false);
                return true;
            case >= 0xC2 and < 0xE0:
                return Begin(value & 0x1F, continuationBytes: 1);
            case >= 0xE0 and < 0xF0:
                return Begin(value & 0x0F, continuationBytes: 2);
            case >= 0xF0 and < 0xF5:
                return Begin(value & 0x07, continuationBytes: 3);
            default:
                return false;
        }
    }

    private bool Begin(int bits, int continuationBytes)
    {
        _state = State.Continuation;
        _codePoint = bits;
        _continuationBytes = continuationBytes;
        return false;
    }

    private bool TryContinue(byte value, out ConsoleKeyInfo key)
    {
        key = default;
        _codePoint = (_codePoint << 6) | (value & 0x3F);
        if (--_continuationBytes > 0)
        {
            return false;
        }

        _state = State.Ground;
        if (_codePoint is (>= 0xD800 and < 0xE000) or > 0x10FFFF)
        {
            return false;
        }

        char character = (char)_codePoint;
        if (_codePoint > 0xFFFF)
        {
            character = (char)(0xD800 + ((_codePoint - 0x10000) >> 10));
            _pendingLowSurrogate = (char)(0xDC00 + ((_codePoint - 0x10000) & 0x3FF));
        }

        key = new ConsoleKeyInfo(character, default, false, false, false);
        return true;
    }

    private bool TryAfterEscape(byte value, out ConsoleKeyInfo key)
    {
        key = default;
        switch (value)
        {
            case (byte)'[':
                _state = State.ControlSequence;
                _parameter = 0;
                _modifiers = 0;
                _secondParameter = false;
                return false;
            case (byte)'O':
                _state = State.SingleShift;
                _parameter = 0;
                _modifiers = 0;
                return false;
            case EscapeByte:
                key = new ConsoleKeyInfo('\u001B', ConsoleKey.Escape, false, false, false);
                return true;
            default:
                _state = State.Ground;
                key = FromAscii((byte)(value & 0x7F), alternate: true);
                return value < 0x80;
        }
    }

    private bool TryControlSequence(byte value, out ConsoleKeyInfo key)
    {
        key = default;
        switch (value)
        {
            case >= (byte)'0' and <= (byte)'9':
                ref int number = ref _secondParameter ? ref _modifiers : ref _parameter;
                number = Math.Min((number * 10) + (value - '0'), MaximumParameter);
                return false;
            case (byte)';':
                _secondParameter = true;
                return false;
            case >= 0x40 and <= 0x7E:
                _state = State.Ground;
                return TryFinal((char)value, out key);
            case >= 0x20 and < 0x40:
                return false;
            default:
                // A control character breaks the sequence off and counts for itself.
                _state = State.Ground;
                return TryGround(value, out key);
        }
    }

    private bool TryFinal(char final, out ConsoleKeyInfo key)
    {
        ConsoleKey consoleKey = final switch
        {
            'A' => ConsoleKey.UpArrow,
            'B' => ConsoleKey.DownArrow,
            'C' => ConsoleKey.RightArrow,
            'D' => ConsoleKey.LeftArrow,
            'H' => ConsoleKey.Home,
            'F' => ConsoleKey.End,
            'P' => ConsoleKey.F1,
            'Q' => ConsoleKey.F2,
            'R' => ConsoleKey.F3,
            'S' => ConsoleKey.F4,
            'Z' => ConsoleKey.Tab,
            '~' => FromNumber(_parameter),
            _ => default,
        };

        // xterm: the second parameter is 1 + a sum of shift 1, alt 2, control 4.
        int modifiers = Math.Max(_modifiers - 1, 0);
        bool shift = (modifiers & 1) != 0 || final == 'Z';
        key = new ConsoleKeyInfo(final == 'Z' ? '\t' : '\0', consoleKey, shift, (modifiers & 2) != 0, (modifiers & 4) != 0);
        return consoleKey != default;
    }

    private static ConsoleKey FromNumber(int number) => number switch
    {
        1 or 7 => ConsoleKey.Home,
        2 => ConsoleKey.Insert,
        3 => ConsoleKey.Delete,
        4 or 8 => ConsoleKey.End,
        5 => ConsoleKey.PageUp,
        6 => ConsoleKey.PageDown,
        >= 11 and <= 15 => ConsoleKey.F1 + (number - 11),
        >= 17 and <= 21 => ConsoleKey.F6 + (number - 17),
        23 or 24 => ConsoleKey.F11 + (number - 23),
        _ => default,
    };

    private static ConsoleKeyInfo FromAscii(byte value, bool alternate)
    {
        char character = value switch
        {
            Delete => '\b',
            (byte)'\n' => '\r',
            _ => (char)value,
        };
        ConsoleKey key = Keys.ForCharacter(character);
        if (key != default || character >= ' ')
        {
            bool shift = character is (>= 'A' and <= 'Z') or (> ' ' and < '0' and not '\'' and not ',' and not '-' and not '.' and not '/')
                or ':' or '<' or '>' or '?' or '@' or '^' or '_' or '{' or '|' or '}' or '~' or '+';
            return new ConsoleKeyInfo(character, key, shift, alternate, false);
        }

        // Control with a letter, or with one of [ \ ] ^ _.
        const int controlToLetter = 0x40;
        ConsoleKey letter = Keys.ForCharacter((char)(character + controlToLetter));
        return new ConsoleKeyInfo(character, letter, false, alternate, true);
    }
}
