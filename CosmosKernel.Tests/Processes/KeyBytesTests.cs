using System;
using System.Collections.Generic;
using System.Text;
using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

public sealed class KeyBytesTests
{
    [TestCase('a', ConsoleKey.A, default(ConsoleModifiers), "a")]
    [TestCase('\r', ConsoleKey.Enter, default(ConsoleModifiers), "\r")]
    [TestCase('\b', ConsoleKey.Backspace, default(ConsoleModifiers), "\x7F")]
    [TestCase('\t', ConsoleKey.Tab, default(ConsoleModifiers), "\t")]
    [TestCase('\u001B', ConsoleKey.Escape, default(ConsoleModifiers), "\u001B")]
    [TestCase('\u0003', ConsoleKey.C, ConsoleModifiers.Control, "\u0003")]
    [TestCase('\0', ConsoleKey.D, ConsoleModifiers.Control, "\u0004")]
    [TestCase('\u001C', default(ConsoleKey), ConsoleModifiers.Control, "\u001C")]
    [TestCase('\0', ConsoleKey.Spacebar, ConsoleModifiers.Control, "\0")]
    [TestCase('x', ConsoleKey.X, ConsoleModifiers.Alt, "\u001Bx")]
    [TestCase('é', default(ConsoleKey), default(ConsoleModifiers), "é")]
    [TestCase('€', default(ConsoleKey), default(ConsoleModifiers), "€")]
    [TestCase('\0', ConsoleKey.UpArrow, default(ConsoleModifiers), "\u001B[A")]
    [TestCase('\0', ConsoleKey.LeftArrow, ConsoleModifiers.Control, "\u001B[1;5D")]
    [TestCase('\0', ConsoleKey.Delete, default(ConsoleModifiers), "\u001B[3~")]
    [TestCase('\0', ConsoleKey.Delete, ConsoleModifiers.Shift, "\u001B[3;2~")]
    [TestCase('\0', ConsoleKey.F1, default(ConsoleModifiers), "\u001BOP")]
    [TestCase('\0', ConsoleKey.F1, ConsoleModifiers.Alt, "\u001B[1;3P")]
    [TestCase('\0', ConsoleKey.F24, default(ConsoleModifiers), "", Description = "a key that no terminal sends")]
    public void A_key_is_what_a_terminal_sends(char character, ConsoleKey key, ConsoleModifiers modifiers, string expected) =>
        Assert.That(BytesOf(Key(character, key, modifiers)), Is.EqualTo(expected));

    [Test]
    public void A_character_that_comes_in_two_halves_is_one()
    {
        Assert.That(BytesOf(Key('\uD83D'), Key('\uDE00')), Is.EqualTo("😀"));
        Assert.That(BytesOf(Key('\uD83D'), Key('x'), Key('\uDE00')), Is.EqualTo("x"), "halves without partner are nothing");
    }

    private static ConsoleKeyInfo Key(char character, ConsoleKey key = default, ConsoleModifiers modifiers = default) =>
        new(character, key, modifiers.HasFlag(ConsoleModifiers.Shift), modifiers.HasFlag(ConsoleModifiers.Alt), modifiers.HasFlag(ConsoleModifiers.Control));

    private static string BytesOf(params ConsoleKeyInfo[] keys)
    {
        List<byte> bytes = [];
        char pending = '\0';
        foreach (ConsoleKeyInfo key in keys) KeyBytes.Add(key, ref pending, bytes);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
