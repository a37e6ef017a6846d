using System;
using System.Collections.Generic;
using System.Linq;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed class ScanCodeDecoderTests
{
    private readonly List<ConsoleKeyInfo> _keys = new();
    private ScanCodeDecoder _decoder = null!;

    private string Text => string.Concat(_keys.Select(k => k.KeyChar));

    [SetUp]
    public void SetUp()
    {
        _decoder = new ScanCodeDecoder();
        _keys.Clear();
    }

    [Test]
    public void Every_character_key_makes_its_two_characters()
    {
        const string plain = "1234567890-=qwertyuiop[]asdfghjkl;'`\\zxcvbnm,./ ";
        const string shifted = "!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"~|ZXCVBNM<>? ";
        byte[] codes = Range(0x02, 0x0D).Concat(Range(0x10, 0x1B)).Concat(Range(0x1E, 0x29)).Concat(Range(0x2B, 0x35)).Append((byte)0x39).ToArray();
        Feed(codes);
        Assert.That(Text, Is.EqualTo(plain));
        _keys.Clear();
        Feed(0x2A);
        Feed(codes);
        Feed(0xAA);
        Assert.That(Text, Is.EqualTo(shifted));
        Assert.That(_keys.Select(k => k.Modifiers), Is.All.EqualTo(ConsoleModifiers.Shift));
    }

    [Test]
    public void Releases_make_nothing()
    {
        Feed(0x1E, 0x9E);
        Assert.That(Text, Is.EqualTo("a"));
    }

    [Test]
    public void Either_shift_key_counts_until_both_are_up()
    {
        Feed(0x2A, 0x36, 0xAA, 0x1E, 0xB6, 0x1E);
        Assert.That(Text, Is.EqualTo("Aa"));
    }

    [Test]
    public void Caps_lock_turns_letters_only_and_shift_turns_them_back()
    {
        Feed(0x3A, 0xBA, 0x1E, 0x02, 0x2A, 0x1E, 0x02, 0xAA, 0x3A, 0xBA, 0x1E);
        Assert.That(Text, Is.EqualTo("A1a!a"));
    }

    [TestCase(0x2E, '\x03', ConsoleKey.C)]
    [TestCase(0x26, '\x0C', ConsoleKey.L)]
    [TestCase(0x16, '\x15', ConsoleKey.U)]
    public void Control_makes_control_characters(int code, char character, ConsoleKey expected)
    {
        Feed(0x1D, (byte)code, 0x9D);
        Assert.That((_keys[0].KeyChar, _keys[0].Key, _keys[0].Modifiers), Is.EqualTo((character, expected, ConsoleModifiers.Control)));
    }

    [TestCase(0x48, ConsoleKey.UpArrow)]
    [TestCase(0x50, ConsoleKey.DownArrow)]
    [TestCase(0x4B, ConsoleKey.LeftArrow)]
    [TestCase(0x4D, ConsoleKey.RightArrow)]
    [TestCase(0x47, ConsoleKey.Home)]
    [TestCase(0x4F, ConsoleKey.End)]
    [TestCase(0x49, ConsoleKey.PageUp)]
    [TestCase(0x51, ConsoleKey.PageDown)]
    [TestCase(0x52, ConsoleKey.Insert)]
    [TestCase(0x53, ConsoleKey.Delete)]
    public void Grey_keys_navigate_with_the_shifts_that_keyboards_make_up(int code, ConsoleKey expected)
    {
        Feed(0xE0, 0x2A, 0xE0, (byte)code, 0xE0, (byte)(code | 0x80), 0xE0, 0xAA);
        Assert.That(_keys.Single().Key, Is.EqualTo(expected));
        Assert.That(_keys.Single().KeyChar, Is.EqualTo('\0'));
        Assert.That(_keys.Single().Modifiers, Is.EqualTo(default(ConsoleModifiers)));
    }

    [Test]
    public void The_number_pad_makes_digits_or_navigates()
    {
        Feed(Range(0x47, 0x53));
        Assert.That(Text, Is.EqualTo("789-456+1230."));
        _keys.Clear();
        Feed(0x45, 0xC5);
        Feed(0x47, 0x4A, 0x4B);
        Assert.That(_keys.Select(k => k.Key), Is.EqualTo(new[] { ConsoleKey.Home, ConsoleKey.Subtract, ConsoleKey.LeftArrow }));
    }

    [Test]
    public void Pause_and_print_screen_do_not_disturb()
    {
        Feed(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, 0xE0, 0x2A, 0xE0, 0x37, 0xE0, 0xB7, 0xE0, 0xAA, 0x47, 0x1E);
        Assert.That(Text, Is.EqualTo("7a"), "number lock is still on, control is not down");
    }

    [Test]
    public void Editing_and_function_keys_have_their_names()
    {
        Feed(0x01, 0x0E, 0x0F, 0x1C, 0xE0, 0x1C, 0x3B, 0x44, 0x57, 0x58);
        Assert.That(_keys.Select(k => k.Key), Is.EqualTo(new[]
        {
            ConsoleKey.Escape, ConsoleKey.Backspace, ConsoleKey.Tab, ConsoleKey.Enter, ConsoleKey.Enter,
            ConsoleKey.F1, ConsoleKey.F10, ConsoleKey.F11, ConsoleKey.F12,
        }));
    }

    private static byte[] Range(byte first, byte last) => Enumerable.Range(first, last - first + 1).Select(c => (byte)c).ToArray();

    private void Feed(params byte[] codes)
    {
        foreach (byte code in codes)
        {
            if (_decoder.TryDecode(code, out ConsoleKeyInfo key))
            {
                _keys.Add(key);
            }
        }
    }
}
