using System.Linq;
using System.Text;
using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

public sealed class TerminalTextTests
{
    [TestCase("plain")]
    [TestCase("é│€😀\0\u007F\u0080\u07FF\u0800\uFFFF\U0010FFFF")]
    public void Text_in_utf8_comes_back_however_it_is_cut(string text)
    {
        TerminalText decoded = new();
        StringBuilder all = new();
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            decoded.Add(value);
            all.Append(decoded.Take());
        }

        Assert.That(all.ToString(), Is.EqualTo(text));
    }

    [TestCase(new byte[] { 0x80, 0x41 }, "\uFFFDA", Description = "the rest of nothing")]
    [TestCase(new byte[] { 0xC3, 0x41 }, "\uFFFDA", Description = "a beginning without a rest")]
    [TestCase(new byte[] { 0xE2, 0x82, 0xC3, 0xA9 }, "\uFFFDé", Description = "broken off by another")]
    [TestCase(new byte[] { 0xE0, 0x80, 0x80 }, "\uFFFD", Description = "longer than it needs to be")]
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 }, "\uFFFD", Description = "half a character")]
    [TestCase(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, "\uFFFD", Description = "beyond the last one")]
    [TestCase(new byte[] { 0xC0, 0xFF }, "\uFFFD\uFFFD", Description = "bytes that never occur")]
    public void What_is_no_text_is_replaced(byte[] bytes, string expected)
    {
        TerminalText decoded = new();
        foreach (byte value in bytes) decoded.Add(value);
        Assert.That(decoded.Take(), Is.EqualTo(expected));
        Assert.That("ok".Select(character => (byte)character).Aggregate("", (_, value) =>
        {
            decoded.Add(value);
            return decoded.Take();
        }), Is.EqualTo("k"));
    }
}
