using System;
using Cosmos.Core;

namespace Cosmos.System.Consoles;

/// <summary>The kernel's console: what is written goes to every output that is present, keys come from every input.</summary>
/// <remarks>
/// <para>
/// <c>System.Console</c> is plugged to <see cref="Current"/>. Outputs: the first serial port that answers (COM1, else
/// COM2) and one screen, either the boot loader's framebuffer or VGA text mode. The serial line carries UTF-8 with lines
/// that end in CR LF, and no control sequence that the program did not ask for: colours stay on the screen, so that a
/// transcript of the line is plain text.
/// </para>
/// <para>Not safe for use by interrupt handlers: those have <c>EarlyConsole</c>.</para>
/// </remarks>
public sealed class KernelConsole
{
    private const byte DefaultColours = 0x07;

    // More than an escape byte waits for what may follow it.
    private const int LooksBeforeSleep = 4 * SerialKeyboard.EscapePolls;

    // What stands for half a character (Unicode: replacement character).
    private const int Replacement = 0xFFFD;

    private static KernelConsole? s_current;

    private readonly SerialPort? _serial;
    private readonly TextScreen? _screen;
    private readonly SerialKeyboard? _serialKeys;
    private readonly Ps2Keyboard? _keyboard;
    private char _highSurrogate;
    private char _last;
    private ConsoleKeyInfo _readAhead;
    private bool _hasReadAhead;

    /// <summary>Creates a console on the given devices; each may be absent.</summary>
    public KernelConsole(SerialPort? serial, TextScreen? screen, Ps2Keyboard? keyboard)
    {
        _serial = serial;
        _screen = screen;
        _serialKeys = serial is null ? null : new SerialKeyboard(serial);
        _keyboard = keyboard;
    }

    /// <summary>The machine's console, made from the devices that answer when it is first asked for.</summary>
    public static KernelConsole Current => s_current ??= MachineConsole.Open();

    /// <summary>The serial port in use, or null.</summary>
    public SerialPort? Serial => _serial;

    /// <summary>The screen in use, or null.</summary>
    public TextScreen? Screen => _screen;

    /// <summary>Columns of the screen, or of a usual terminal when there is none.</summary>
    public int Columns => _screen?.Columns ?? 80;

    /// <summary>Rows of the screen, or of a usual terminal when there is none.</summary>
    public int Rows => _screen?.Rows ?? 25;

    /// <summary>The cursor's column on the screen; 0 without a screen.</summary>
    public int CursorColumn => _screen?.CursorColumn ?? 0;

    /// <summary>The cursor's row on the screen; 0 without a screen.</summary>
    public int CursorRow => _screen?.CursorRow ?? 0;

    /// <summary>Whether the screen shows its cursor.</summary>
    public bool CursorVisible
    {
        get => _screen?.CursorVisible ?? true;
        set
        {
            if (_screen is not null)
            {
                _screen.CursorVisible = value;
            }
        }
    }

    /// <summary>Whether the keyboard's caps lock is on.</summary>
    public bool CapsLock => _keyboard?.CapsLock ?? false;

    /// <summary>Whether the keyboard's number lock is on.</summary>
    public bool NumberLock => _keyboard?.NumberLock ?? false;

    /// <summary>Colour of the text written next, on the screen.</summary>
    public ConsoleColor Foreground
    {
        get => (ConsoleColor)(Colours & 0x0F);
        set => Colours = (byte)((Colours & 0xF0) | ((int)value & 0x0F));
    }

    /// <summary>Colour behind the text written next, on the screen.</summary>
    public ConsoleColor Background
    {
        get => (ConsoleColor)(Colours >> 4);
        set => Colours = (byte)((Colours & 0x0F) | (((int)value & 0x0F) << 4));
    }

    private byte Colours
    {
        get => _screen?.Colours ?? DefaultColours;
        set
        {
            if (_screen is not null)
            {
                _screen.Colours = value;
            }
        }
    }

    /// <summary>Light grey on black.</summary>
    public void ResetColours() => Colours = DefaultColours;

    /// <summary>Writes text to every output.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        _screen?.Write(text);
        if (_serial is not null)
        {
            foreach (char character in text)
            {
                WriteSerial(character);
            }
        }
    }

    /// <summary>Empties the screen and the terminal.</summary>
    public void Clear()
    {
        _screen?.Clear();
        WriteControlSequence("\u001B[2J\u001B[H");
    }

    /// <summary>Moves the cursor of the screen and of the terminal.</summary>
    public void MoveCursor(int column, int row)
    {
        _screen?.MoveCursor(column, row);
        WriteControlSequence("\u001B[");
        WriteNumber(row + 1);
        WriteControlSequence(";");
        WriteNumber(column + 1);
        WriteControlSequence("H");
    }

    /// <summary>Whether <see cref="TryReadKey"/> would have a key.</summary>
    /// <remarks>Where an escape byte has come, it waits the few milliseconds that tell whether it is a key by itself: who asks now and then would never know.</remarks>
    public bool KeyAvailable
    {
        get
        {
            do
            {
                _hasReadAhead = _hasReadAhead || TryPoll(out _readAhead);
            }
            while (!_hasReadAhead && _serialKeys is { EscapePending: true });
            return _hasReadAhead;
        }
    }

    /// <summary>Takes the next key when there is one; never waits.</summary>
    public bool TryReadKey(out ConsoleKeyInfo key)
    {
        if (_hasReadAhead)
        {
            _hasReadAhead = false;
            key = _readAhead;
            return true;
        }

        return TryPoll(out key);
    }

    /// <summary>Waits for the next key: looks often at first, then sleeps between two looks.</summary>
    public ConsoleKeyInfo ReadKey()
    {
        ConsoleKeyInfo key;
        for (int looks = 0; !TryReadKey(out key); looks++)
        {
            if (looks > LooksBeforeSleep)
                IdleTick.Wait();
        }

        IdleTick.Stop();
        return key;
    }

    private bool TryPoll(out ConsoleKeyInfo key)
    {
        if (_serialKeys is not null && _serialKeys.TryRead(out key))
        {
            return true;
        }

        if (_keyboard is not null && _keyboard.TryRead(out key))
        {
            return true;
        }

        key = default;
        return false;
    }

    // Environment.NewLine may be either form: a line feed gets a carriage return unless it has one.
    private void WriteSerial(char character)
    {
        if (character == '\n' && _last != '\r')
        {
            _serial!.Write((byte)'\r');
        }

        _last = character;
        char high = _highSurrogate;
        _highSurrogate = '\0';
        if (char.IsLowSurrogate(character) && high != '\0')
        {
            WriteUtf8(char.ConvertToUtf32(high, character));
            return;
        }

        if (high != '\0')
        {
            WriteUtf8(Replacement);
        }

        if (char.IsHighSurrogate(character))
        {
            _highSurrogate = character;
        }
        else
        {
            WriteUtf8(char.IsLowSurrogate(character) ? Replacement : character);
        }
    }

    private void WriteUtf8(int codePoint)
    {
        if (codePoint < 0x80)
        {
            _serial!.Write((byte)codePoint);
            return;
        }

        if (codePoint < 0x800)
        {
            _serial!.Write((byte)(0xC0 | (codePoint >> 6)));
        }
        else if (codePoint < 0x10000)
        {
            _serial!.Write((byte)(0xE0 | (codePoint >> 12)));
            _serial.Write((byte)(0x80 | ((codePoint >> 6) & 0x3F)));
        }
        else
        {
            _serial!.Write((byte)(0xF0 | (codePoint >> 18)));
            _serial.Write((byte)(0x80 | ((codePoint >> 12) & 0x3F)));
            _serial.Write((byte)(0x80 | ((codePoint >> 6) & 0x3F)));
        }

        _serial.Write((byte)(0x80 | (codePoint & 0x3F)));
    }

    private void WriteControlSequence(string sequence)
    {
        if (_serial is not null)
        {
            foreach (char character in sequence)
            {
                _serial.Write((byte)character);
            }
        }
    }

    private void WriteNumber(int number)
    {
        if (number >= 10)
        {
            WriteNumber(number / 10);
        }

        _serial?.Write((byte)('0' + (number % 10)));
    }
}
