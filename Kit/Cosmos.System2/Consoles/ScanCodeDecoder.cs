using System;

namespace Cosmos.System.Consoles;

/// <summary>Turns the bytes of scan code set 1 into keys, for a US keyboard.</summary>
/// <remarks>Sources: IBM's scan code set 1 as in the 8042's translation table; E0h introduces the grey keys, E1h the Pause key.</remarks>
public sealed class ScanCodeDecoder
{
    private const byte Released = 0x80;
    private const byte ExtendedPrefix = 0xE0;
    private const byte PausePrefix = 0xE1;

    // Characters of scan codes 00h to 39h; a zero is a key without one.
    private const string Plain = "\0\u001B1234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
    private const string Shifted = "\0\u001B!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

    // The number pad, scan codes 47h to 53h, with number lock on and off.
    private const string NumberPad = "789-456+1230.";

    private const byte LeftShift = 0x2A;
    private const byte RightShift = 0x36;
    private const byte Control = 0x1D;
    private const byte Alternate = 0x38;
    private const byte CapsLockKey = 0x3A;
    private const byte NumberLockKey = 0x45;
    private const byte FirstFunctionKey = 0x3B;
    private const byte FirstPadKey = 0x47;
    private const byte LastPadKey = 0x53;
    private const byte PadEnter = 0x1C;
    private const byte PadSlash = 0x35;

    private bool _extended;
    private int _skip;
    private bool _leftShift;
    private bool _rightShift;
    private bool _leftControl;
    private bool _rightControl;
    private bool _leftAlternate;
    private bool _rightAlternate;

    /// <summary>Whether caps lock is on.</summary>
    public bool CapsLock { get; private set; }

    /// <summary>Whether number lock is on; firmware starts with it on.</summary>
    public bool NumberLock { get; private set; } = true;

    private bool Shift => _leftShift || _rightShift;

    private bool ControlDown => _leftControl || _rightControl;

    private bool AlternateDown => _leftAlternate || _rightAlternate;

    /// <summary>Takes the next byte from the keyboard.</summary>
    /// <returns>True when it completes a key press.</returns>
    public bool TryDecode(byte code, out ConsoleKeyInfo key)
    {
        key = default;
        if (_skip > 0)
        {
            _skip--;
            return false;
        }

        if (code == PausePrefix)
        {
            // Pause: E1 1D 45, and the same with the release bit. It has no use here.
            _skip = 2;
            return false;
        }

        if (code == ExtendedPrefix)
        {
            _extended = true;
            return false;
        }

        bool extended = _extended;
        _extended = false;
        bool pressed = (code & Released) == 0;
        byte scanCode = (byte)(code & ~Released);
        return !TryModifier(scanCode, extended, pressed) && pressed && TryKey(scanCode, extended, out key);
    }

    private bool TryModifier(byte scanCode, bool extended, bool pressed)
    {
        switch (scanCode)
        {
            case LeftShift:
                // E0 2A is a shift that the keyboard makes up around some grey keys.
                _leftShift = extended ? _leftShift : pressed;
                return true;
            case RightShift:
                _rightShift = extended ? _rightShift : pressed;
                return true;
            case Control when extended:
                _rightControl = pressed;
                return true;
            case Control:
                _leftControl = pressed;
                return true;
            case Alternate when extended:
                _rightAlternate = pressed;
                return true;
            case Alternate:
                _leftAlternate = pressed;
                return true;
            case CapsLockKey:
                CapsLock ^= pressed;
                return true;
            case NumberLockKey:
                NumberLock ^= pressed;
                return true;
            default:
                return false;
        }
    }

    private bool TryKey(byte scanCode, bool extended, out ConsoleKeyInfo key)
    {
        if (extended)
        {
            return scanCode switch
            {
                PadEnter => Make('\r', ConsoleKey.Enter, out key),
                PadSlash => Make('/', ConsoleKey.Divide, out key),
                _ => TryNavigation(scanCode, out key),
            };
        }

        if (scanCode is >= FirstPadKey and <= LastPadKey)
        {
            char padCharacter = NumberPad[scanCode - FirstPadKey];
            bool digit = padCharacter is (>= '0' and <= '9') or '.';
            if (digit && NumberLock == Shift)
            {
                return TryNavigation(scanCode, out key);
            }

            return Make(padCharacter, PadKey(padCharacter), out key);
        }

        if (TryFunctionKey(scanCode, out ConsoleKey function))
        {
            return Make('\0', function, out key);
        }

        if (scanCode < Plain.Length && Plain[scanCode] != '\0')
        {
            char plain = Plain[scanCode];
            bool letter = plain is >= 'a' and <= 'z';
            bool upper = letter ? Shift ^ CapsLock : Shift;
            return Make(upper ? Shifted[scanCode] : plain, Keys.ForCharacter(plain), out key);
        }

        key = default;
        return false;
    }

    private static bool TryFunctionKey(byte scanCode, out ConsoleKey key)
    {
        const byte f10 = 0x44;
        const byte f11 = 0x57;
        const byte f12 = 0x58;
        key = scanCode switch
        {
            >= FirstFunctionKey and <= f10 => ConsoleKey.F1 + (scanCode - FirstFunctionKey),
            f11 => ConsoleKey.F11,
            f12 => ConsoleKey.F12,
            _ => default,
        };
        return key != default;
    }

    private bool TryNavigation(byte scanCode, out ConsoleKeyInfo key)
    {
        ConsoleKey navigation = scanCode switch
        {
            0x47 => ConsoleKey.Home,
            0x48 => ConsoleKey.UpArrow,
            0x49 => ConsoleKey.PageUp,
            0x4B => ConsoleKey.LeftArrow,
            0x4D => ConsoleKey.RightArrow,
            0x4F => ConsoleKey.End,
            0x50 => ConsoleKey.DownArrow,
            0x51 => ConsoleKey.PageDown,
            0x52 => ConsoleKey.Insert,
            0x53 => ConsoleKey.Delete,
            _ => default,
        };
        if (navigation == default)
        {
            key = default;
            return false;
        }

        return Make('\0', navigation, out key);
    }

    private static ConsoleKey PadKey(char character) => character switch
    {
        '-' => ConsoleKey.Subtract,
        '+' => ConsoleKey.Add,
        '.' => ConsoleKey.Decimal,
        _ => ConsoleKey.NumPad0 + (character - '0'),
    };

    private bool Make(char character, ConsoleKey consoleKey, out ConsoleKeyInfo key)
    {
        if (ControlDown && character is >= '@' and <= '~' && !AlternateDown)
        {
            character = (char)(character & 0x1F);
        }

        key = new ConsoleKeyInfo(character, consoleKey, Shift, AlternateDown, ControlDown);
        return true;
    }
}
