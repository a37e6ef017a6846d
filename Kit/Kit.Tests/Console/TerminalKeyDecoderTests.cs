using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed class TerminalKeyDecoderTests
{
    [TestCase("\u001B[A", ConsoleKey.UpArrow)]
    [TestCase("\u001B[B", ConsoleKey.DownArrow)]
    [TestCase("\u001B[C", ConsoleKey.RightArrow)]
    [TestCase("\u001B[D", ConsoleKey.LeftArrow)]
    [TestCase("\u001BOA", ConsoleKey.UpArrow)]
    [TestCase("\u001B[H", ConsoleKey.Home)]
    [TestCase("\u001BOH", ConsoleKey.Home)]
    [TestCase("\u001B[1~", ConsoleKey.Home)]
    [TestCase("\u001B[7~", ConsoleKey.Home)]
    [TestCase("\u001B[F", ConsoleKey.End)]
    [TestCase("\u001B[4~", ConsoleKey.End)]
    [TestCase("\u001B[2~", ConsoleKey.Insert)]
    [TestCase("\u001B[3~", ConsoleKey.Delete)]
    [TestCase("\u001B[5~", ConsoleKey.PageUp)]
    [TestCase("\u001B[6~", ConsoleKey.PageDown)]
    [TestCase("\u001BOP", ConsoleKey.F1)]
    [TestCase("\u001B[15~", ConsoleKey.F5)]
    [TestCase("\u001B[17~", ConsoleKey.F6)]
    [TestCase("\u001B[24~", ConsoleKey.F12)]
    public void An_escape_sequence_is_one_key(string sequence, ConsoleKey expected)
    {
        ConsoleKeyInfo key = Decode(sequence).Single();
        Assert.That(key.Key, Is.EqualTo(expected));
        Assert.That(key.KeyChar, Is.EqualTo('\0'));
        Assert.That(key.Modifiers, Is.EqualTo(default(ConsoleModifiers)));
    }

    [Test]
    public void Modifiers_are_the_second_parameter()
    {
        ConsoleKeyInfo key = Decode("\u001B[1;5D").Single();
        Assert.That((key.Key, key.Modifiers), Is.EqualTo((ConsoleKey.LeftArrow, ConsoleModifiers.Control)));
        key = Decode("\u001B[3;4~").Single();
        Assert.That((key.Key, key.Modifiers), Is.EqualTo((ConsoleKey.Delete, ConsoleModifiers.Shift | ConsoleModifiers.Alt)));
    }

    [Test]
    public void Letters_carry_their_key_and_shift()
    {
        ConsoleKeyInfo[] keys = Decode("aZ");
        Assert.That((keys[0].KeyChar, keys[0].Key, keys[0].Modifiers), Is.EqualTo(('a', ConsoleKey.A, default(ConsoleModifiers))));
        Assert.That((keys[1].KeyChar, keys[1].Key, keys[1].Modifiers), Is.EqualTo(('Z', ConsoleKey.Z, ConsoleModifiers.Shift)));
    }

    [TestCase('\x03', ConsoleKey.C)]
    [TestCase('\x0C', ConsoleKey.L)]
    [TestCase('\x15', ConsoleKey.U)]
    public void Control_characters_are_control_with_a_letter(char character, ConsoleKey expected)
    {
        ConsoleKeyInfo key = Decode(character.ToString()).Single();
        Assert.That((key.KeyChar, key.Key, key.Modifiers), Is.EqualTo((character, expected, ConsoleModifiers.Control)));
    }

    [TestCase("\r", 1)]
    [TestCase("\n", 1)]
    [TestCase("\r\n", 1)]
    [TestCase("\r\n\r\n", 2)]
    [TestCase("\n\n", 2)]
    [TestCase("\r\r", 2)]
    public void Every_form_of_line_end_is_one_enter(string typed, int enters)
    {
        ConsoleKeyInfo[] keys = Decode(typed);
        Assert.That(keys.Select(k => k.Key), Is.EqualTo(Enumerable.Repeat(ConsoleKey.Enter, enters)));
    }

    [Test]
    public void Both_backspace_characters_are_backspace()
    {
        Assert.That(Decode("\b\x7F").Select(k => k.Key), Is.All.EqualTo(ConsoleKey.Backspace));
    }

    [Test]
    public void Utf8_is_decoded_and_surrogates_come_as_two()
    {
        Assert.That(Text(Decode("é€😀x")), Is.EqualTo("é€😀x"));
    }

    [Test]
    public void Broken_utf8_is_dropped_and_what_follows_is_kept()
    {
        var decoder = new TerminalKeyDecoder();
        var keys = new List<ConsoleKeyInfo>();
        foreach (byte value in new byte[] { 0xC3, (byte)'a', 0x80, 0xFF, 0xED, 0xA0, 0x80, (byte)'b' })
        {
            if (decoder.TryDecode(value, out ConsoleKeyInfo key))
            {
                keys.Add(key);
            }
        }

        Assert.That(Text(keys), Is.EqualTo("ab"));
    }

    [Test]
    public void An_escape_alone_is_a_key_once_nothing_follows()
    {
        var decoder = new TerminalKeyDecoder();
        Assert.That(decoder.TryDecode(0x1B, out _), Is.False);
        Assert.That(decoder.EscapePending);
        Assert.That(decoder.TryFlush(out ConsoleKeyInfo key));
        Assert.That(key.Key, Is.EqualTo(ConsoleKey.Escape));
        Assert.That(decoder.TryFlush(out _), Is.False);
    }

    [Test]
    public void Escape_with_a_letter_is_alt()
    {
        ConsoleKeyInfo key = Decode("\u001Bb").Single();
        Assert.That((key.Key, key.Modifiers), Is.EqualTo((ConsoleKey.B, ConsoleModifiers.Alt)));
    }

    [Test]
    public void An_unknown_sequence_is_swallowed_whole()
    {
        Assert.That(Text(Decode("\u001B[?1;99xa\u001B[99~b")), Is.EqualTo("ab"));
    }

    private static ConsoleKeyInfo[] Decode(string typed)
    {
        var decoder = new TerminalKeyDecoder();
        var keys = new List<ConsoleKeyInfo>();
        foreach (byte value in Encoding.UTF8.GetBytes(typed))
        {
            if (decoder.TryDecode(value, out ConsoleKeyInfo key))
            {
                keys.Add(key);
            }

            if (decoder.TryTakePending(out key))
            {
                keys.Add(key);
            }
        }

        return keys.ToArray();
    }

    private static string Text(IEnumerable<ConsoleKeyInfo> keys) => string.Concat(keys.Select(k => k.KeyChar));
}
