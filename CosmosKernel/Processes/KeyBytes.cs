using System;
using System.Collections.Generic;

namespace MemOS.Processes;

/// <summary>Keys as the bytes that a terminal sends for them: UTF-8, control characters, and xterm's sequences (ECMA-48).</summary>
public static class KeyBytes
{
    private const byte Escape = 0x1B;
    private const byte Rubout = 0x7F;
    private const byte Return = (byte)'\r';
    private const int LastOneByte = 0x7F;
    private const int LastTwoBytes = 0x7FF;

    // Behind the key's number in the sequences of the form "escape [ number ~".
    private const char Numbered = '~';

    /// <summary>Adds the bytes of <paramref name="key"/> to <paramref name="bytes"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="pending">The first half of a character that comes in two keys; 0 when there is none. Kept by the caller from key to key.</param>
    /// <param name="bytes">Where to.</param>
    public static void Add(ConsoleKeyInfo key, ref char pending, List<byte> bytes)
    {
        char high = pending;
        pending = '\0';
        bool isControl = (key.Modifiers & ConsoleModifiers.Control) != 0;
        if (key.Key == ConsoleKey.Enter) AddWithAlt(key, Return, bytes);
        else if (key.Key == ConsoleKey.Backspace) AddWithAlt(key, Rubout, bytes);
        else if (SequenceOf(key.Key, out string digits, out char final)) AddSequence(key, digits, final, bytes);
        else if (isControl && key.Key is >= ConsoleKey.A and <= ConsoleKey.Z) AddWithAlt(key, (byte)(key.Key - ConsoleKey.A + 1), bytes);
        else if (isControl && key.Key == ConsoleKey.Spacebar) AddWithAlt(key, 0, bytes);
        else if (char.IsHighSurrogate(key.KeyChar)) pending = key.KeyChar;
        else if (char.IsLowSurrogate(key.KeyChar))
        {
            if (high != '\0') AddCodePoint(char.ConvertToUtf32(high, key.KeyChar), bytes);
        }
        else if (key.KeyChar is > '\0' and <= (char)LastOneByte) AddWithAlt(key, (byte)key.KeyChar, bytes);
        else if (key.KeyChar != '\0') AddCodePoint(key.KeyChar, bytes);
    }

    private static void AddWithAlt(ConsoleKeyInfo key, byte value, List<byte> bytes)
    {
        if ((key.Modifiers & ConsoleModifiers.Alt) != 0) bytes.Add(Escape);
        bytes.Add(value);
    }

    private static bool SequenceOf(ConsoleKey key, out string digits, out char final)
    {
        final = key switch
        {
            ConsoleKey.UpArrow => 'A',
            ConsoleKey.DownArrow => 'B',
            ConsoleKey.RightArrow => 'C',
            ConsoleKey.LeftArrow => 'D',
            ConsoleKey.Home => 'H',
            ConsoleKey.End => 'F',
            ConsoleKey.F1 => 'P',
            ConsoleKey.F2 => 'Q',
            ConsoleKey.F3 => 'R',
            ConsoleKey.F4 => 'S',
            ConsoleKey.Insert or ConsoleKey.Delete or ConsoleKey.PageUp or ConsoleKey.PageDown => Numbered,
            _ => '\0',
        };
        digits = key switch
        {
            ConsoleKey.Insert => "2",
            ConsoleKey.Delete => "3",
            ConsoleKey.PageUp => "5",
            ConsoleKey.PageDown => "6",
            _ => "1",
        };
        return final != '\0';
    }

    // With Shift, Alt or Control a second number says so: 1 and 1, 2 or 4 for each.
    private static void AddSequence(ConsoleKeyInfo key, string digits, char final, List<byte> bytes)
    {
        int modifiers = (key.Modifiers & ConsoleModifiers.Shift) != 0 ? 1 : 0;
        if ((key.Modifiers & ConsoleModifiers.Alt) != 0) modifiers += 2;
        if ((key.Modifiers & ConsoleModifiers.Control) != 0) modifiers += 4;
        bool isFunction = final is >= 'P' and <= 'S' && modifiers == 0;
        bytes.Add(Escape);
        bytes.Add(isFunction ? (byte)'O' : (byte)'[');
        if (final == Numbered || modifiers != 0) bytes.Add((byte)digits[0]);
        if (modifiers != 0)
        {
            bytes.Add((byte)';');
            bytes.Add((byte)('1' + modifiers));
        }

        bytes.Add((byte)final);
    }

    private static void AddCodePoint(int codePoint, List<byte> bytes)
    {
        if (codePoint <= LastTwoBytes)
        {
            bytes.Add((byte)(0xC0 | codePoint >> 6));
        }
        else
        {
            if (codePoint > char.MaxValue) bytes.Add((byte)(0xF0 | codePoint >> 18));
            bytes.Add(codePoint > char.MaxValue ? (byte)(0x80 | (codePoint >> 12 & 0x3F)) : (byte)(0xE0 | codePoint >> 12));
            bytes.Add((byte)(0x80 | (codePoint >> 6 & 0x3F)));
        }

        bytes.Add((byte)(0x80 | (codePoint & 0x3F)));
    }
}
