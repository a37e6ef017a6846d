using System.Collections.Generic;
using System.Text;
using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

public sealed class LineDisciplineTests
{
    private const int LocalFlags = 12;
    private const byte EditsLines = 2;
    private const byte Echoes = 8;
    private const int LeastBytes = 17 + 6;
    private const int Interrupt = 2;

    private LineDiscipline _line = null!;

    [SetUp]
    public void SetUp() => _line = new LineDiscipline();

    [TestCase("hello\r", "hello\n", "hello\n")]
    [TestCase("helk\x7Flo\r", "hello\n", "helk\b \blo\n")]
    [TestCase("\u007F\u007Fa\r", "a\n", "a\n", Description = "erasing nothing")]
    [TestCase("one two  \x17six\r", "one six\n", "one two  \b \b\b \b\b \b\b \b\b \bsix\n", Description = "a word")]
    [TestCase("wrong\x15ok\r", "ok\n", "wrong\b \b\b \b\b \b\b \b\b \bok\n", Description = "the line")]
    [TestCase("\u0001\x7Fx\r", "x\n", "^A\b \b\b \bx\n", Description = "a control character is two wide")]
    [TestCase("é\x7Fx\r", "x\n", "é\b \bx\n", Description = "a character of two bytes is one")]
    public void A_line_can_be_edited_until_it_is_finished(string typed, string read, string shown)
    {
        Type(typed);
        Assert.That((Read(100), Shown()), Is.EqualTo((read, shown)));
        Assert.That(_line.IsReady, Is.False);
    }

    [Test]
    public void Nothing_can_be_read_of_a_line_that_is_not_finished()
    {
        Type("half");
        Assert.That((_line.IsReady, _line.ReadyBytes), Is.EqualTo((false, 0)));
        Type("\r");
        Assert.That((_line.IsReady, _line.ReadyBytes), Is.EqualTo((true, 5)));
    }

    [Test]
    public void A_read_takes_one_line_at_most_and_leaves_what_has_no_room()
    {
        Type("one\rtwo\r");
        Assert.That(new[] { Read(2), Read(100), Read(100) }, Is.EqualTo(new[] { "on", "e\n", "two\n" }));
    }

    [Test]
    public void A_finished_line_cannot_be_erased()
    {
        Type("one\r\x7F\x15\x17two\r");
        Assert.That(new[] { Read(100), Read(100) }, Is.EqualTo(new[] { "one\n", "two\n" }));
    }

    [Test]
    public void Control_d_ends_the_input_at_the_start_of_a_line_and_elsewhere_hands_the_line_over()
    {
        Type("\u0004");
        Assert.That((_line.IsReady, Read(100), _line.IsReady), Is.EqualTo((true, "", false)));
        Type("part\u0004");
        Assert.That((_line.IsReady, Read(100), _line.IsReady), Is.EqualTo((true, "part", false)));
        Type("four\u0004");
        Assert.That((Read(4), _line.IsReady), Is.EqualTo(("four", false)), "no end of input behind a read that was just filled");
        Type("line\r\u0004");
        Assert.That(new[] { Read(5), Read(5) }, Is.EqualTo(new[] { "line\n", "" }), "but one behind a whole line");
    }

    [TestCase("\u0003", Interrupt, "^C")]
    [TestCase("\u001C", 3, "^\\")]
    [TestCase("\u001A", 20, "^Z")]
    public void Some_keys_are_signals_and_throw_away_what_was_typed(string key, int signal, string shown)
    {
        Type("line\rhalf");
        Shown();
        Assert.That(Type(key), Is.EqualTo(signal));
        Assert.That(Shown(), Is.EqualTo(shown));
        Assert.That(_line.IsReady, Is.False);
        Type("next\r");
        Assert.That(Read(100), Is.EqualTo("next\n"));
    }

    [Test]
    public void Without_lines_each_byte_can_be_read_at_once_and_nothing_is_edited()
    {
        _line.Settings.Bytes[LocalFlags] = 0;
        Type("\u0003a\x7F\u0004");
        Assert.That((Shown(), Read(100)), Is.EqualTo(("", "\u0003a\x7F\u0004")));
    }

    [Test]
    public void Without_lines_a_read_waits_for_as_many_bytes_as_the_settings_say()
    {
        _line.Settings.Bytes[LocalFlags] &= unchecked((byte)~EditsLines);
        _line.Settings.Bytes[LeastBytes] = 3;
        Type("ab");
        Assert.That(_line.IsReady, Is.False);
        Type("c");
        Assert.That((_line.IsReady, Read(2), _line.IsReady), Is.EqualTo((true, "ab", false)));
    }

    [Test]
    public void A_password_is_not_shown()
    {
        _line.Settings.Bytes[LocalFlags] &= unchecked((byte)~Echoes);
        Type("secret\x7F\r");
        Assert.That((Shown(), Read(100)), Is.EqualTo(("", "secre\n")));
    }

    [Test]
    public void Too_much_is_not_taken_but_the_end_of_the_line_is()
    {
        Type(new string('x', LineDiscipline.MostBytes + 50));
        Type("\r");
        Assert.That(Read(2 * LineDiscipline.MostBytes), Is.EqualTo(new string('x', LineDiscipline.MostBytes) + "\n"));
    }

    [Test]
    public void What_nobody_read_can_be_taken_back()
    {
        Type("one\rtwo\u0004ha");
        Assert.That(Encoding.UTF8.GetString(_line.TakeAll().ToArray()), Is.EqualTo("one\ntwoha"));
        Assert.That(_line.IsReady, Is.False);
    }

    [Test]
    public void The_settings_are_those_of_Linux_but_for_flow_control()
    {
        // What `stty -a` calls icrnl iutf8, opost onlcr, cs8 cread, isig icanon iexten echo echoe echok echoctl echoke.
        byte[] expected = [0x00, 0x41, 0, 0, 5, 0, 0, 0, 0xBF, 0, 0, 0, 0x3B, 0x8A, 0, 0, 0, 3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0];
        Assert.That(_line.Settings.Bytes, Is.EqualTo(expected));
    }

    private int Type(string text)
    {
        int signal = 0;
        foreach (byte value in Encoding.UTF8.GetBytes(text)) signal = _line.Type(value);
        return signal;
    }

    private string Read(int most)
    {
        byte[] bytes = new byte[most];
        return Encoding.UTF8.GetString(bytes, 0, _line.Read(bytes, most));
    }

    private string Shown()
    {
        List<byte> echo = _line.Echo;
        string shown = Encoding.UTF8.GetString(echo.ToArray());
        echo.Clear();
        return shown;
    }
}
