using System;
using System.Linq;
using System.Text;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed class KernelConsoleTests
{
    private FakeUart _uart = null!;
    private FakeSurface _surface = null!;
    private KernelConsole _console = null!;

    [SetUp]
    public void SetUp()
    {
        _uart = new FakeUart();
        _surface = new FakeSurface(20, 5);
        _console = new KernelConsole(SerialPort.TryOpen(_uart, SerialPort.Com1), new TextScreen(_surface), null);
    }

    [Test]
    public void What_is_written_goes_to_the_line_and_to_the_screen()
    {
        _console.Write("hello\nworld");
        Assert.That(_uart.Wire, Is.EqualTo("hello\r\nworld"));
        Assert.That((_surface.Row(0), _surface.Row(1)), Is.EqualTo(("hello", "world")));
    }

    [Test]
    public void Both_forms_of_line_end_are_one_on_the_wire()
    {
        _console.Write("a\nb\r\nc\r");
        _console.Write("\nd");
        Assert.That(_uart.Wire, Is.EqualTo("a\r\nb\r\nc\r\nd"));
    }

    [Test]
    public void The_wire_carries_utf8()
    {
        _console.Write("é│€😀");
        Assert.That(_uart.WireBytes, Is.EqualTo(Encoding.UTF8.GetBytes("é│€😀")));
    }

    [TestCase(new[] { 0x61, 0xD83D, 0x62 }, "a\uFFFDb")]
    [TestCase(new[] { 0x61, 0xDE00, 0x62 }, "a\uFFFDb")]
    [TestCase(new[] { 0xD83D, 0xD83D, 0xDE00 }, "\uFFFD😀")]
    public void Half_a_character_is_replaced(int[] written, string expected)
    {
        _console.Write(written.Select(unit => (char)unit).ToArray());
        Assert.That(_uart.Wire, Is.EqualTo(expected));
    }

    [Test]
    public void A_character_may_come_in_two_writes()
    {
        _console.Write("\uD83D");
        _console.Write("\uDE00");
        Assert.That(_uart.Wire, Is.EqualTo("😀"));
    }

    [Test]
    public void Colours_stay_on_the_screen()
    {
        _console.Foreground = ConsoleColor.Red;
        _console.Background = ConsoleColor.DarkBlue;
        _console.Write("x");
        Assert.That(_uart.Wire, Is.EqualTo("x"));
        Assert.That(_surface.At(0, 0).Colours, Is.EqualTo(0x1C));
        _console.ResetColours();
        Assert.That((_console.Foreground, _console.Background), Is.EqualTo((ConsoleColor.Gray, ConsoleColor.Black)));
    }

    [Test]
    public void Clear_and_cursor_moves_reach_the_terminal_too()
    {
        _console.Clear();
        _console.MoveCursor(9, 4);
        Assert.That(_uart.Wire, Is.EqualTo("\u001B[2J\u001B[H\u001B[5;10H"));
        Assert.That(_surface.Cursor, Is.EqualTo((9, 4)));
    }

    [Test]
    public void Without_any_device_everything_still_works()
    {
        var console = new KernelConsole(null, null, null);
        console.Write("nobody sees this");
        console.Clear();
        console.MoveCursor(1, 1);
        console.Foreground = ConsoleColor.Green;
        Assert.That(console.KeyAvailable, Is.False);
        Assert.That((console.Columns, console.Rows), Is.EqualTo((80, 25)));
    }

    [Test]
    public void Keys_come_from_the_line()
    {
        _uart.Type("x");
        Assert.That(_console.KeyAvailable);
        Assert.That(_console.KeyAvailable, "asking again loses nothing");
        Assert.That(_console.ReadKey().KeyChar, Is.EqualTo('x'));
        Assert.That(_console.TryReadKey(out _), Is.False);
    }

    [Test]
    public void Keys_come_from_the_keyboard()
    {
        var controller = new FakeKeyboardController();
        var console = new KernelConsole(null, null, new Ps2Keyboard(controller));
        controller.Send(0x2A, 0x23, 0xA3, 0xAA, 0x17, 0x97);
        Assert.That(new string([console.ReadKey().KeyChar, console.ReadKey().KeyChar]), Is.EqualTo("Hi"));
        Assert.That(console.KeyAvailable, Is.False);
    }

    [Test]
    public void Bytes_of_the_mouse_are_not_keys()
    {
        var controller = new FakeKeyboardController();
        var console = new KernelConsole(null, null, new Ps2Keyboard(controller));
        controller.SendFromMouse(0x1E);
        controller.Send(0x30);
        Assert.That(console.ReadKey().KeyChar, Is.EqualTo('b'));
    }

    [Test]
    public void A_machine_without_keyboard_controller_has_no_keys()
    {
        var keyboard = new Ps2Keyboard(new FakeUart { Present = false });
        Assert.That(keyboard.TryRead(out _), Is.False);
    }

    [Test]
    public void Escape_alone_comes_after_a_while()
    {
        _uart.Type("\u001B");
        int polls = 0;
        ConsoleKeyInfo key;
        while (!_console.TryReadKey(out key))
        {
            polls++;
        }

        Assert.That(key.Key, Is.EqualTo(ConsoleKey.Escape));
        Assert.That(polls, Is.EqualTo(SerialKeyboard.EscapePolls));
    }

    [Test]
    public void Escape_alone_is_available_when_asked_for_once()
    {
        _uart.Type("\u001B");
        Assert.That(_console.KeyAvailable);
        Assert.That(_console.ReadKey().Key, Is.EqualTo(ConsoleKey.Escape));
        Assert.That(_console.KeyAvailable, Is.False);
    }

    [Test]
    public void ReadLine_echoes_exactly_what_was_typed()
    {
        var reader = new ConsoleTextReader(_console);
        _uart.Type("helo\blo\rnext\r\nlast\n");
        Assert.That(reader.ReadLine(), Is.EqualTo("hello"));
        Assert.That(_uart.Wire, Is.EqualTo("helo\b \blo\r\n"));
        Assert.That((reader.ReadLine(), reader.ReadLine()), Is.EqualTo(("next", "last")));
    }

    [Test]
    public void Read_gives_a_typed_line_character_by_character()
    {
        var reader = new ConsoleTextReader(_console);
        _uart.Type("ab\rcd\r");
        Assert.That(new string(Enumerable.Range(0, 2).Select(_ => (char)reader.Read()).ToArray()), Is.EqualTo("ab"));
        Assert.That(reader.Peek(), Is.EqualTo('\n'));
        Assert.That(reader.ReadLine(), Is.Empty);
        Assert.That(reader.ReadLine(), Is.EqualTo("cd"));
    }

    [Test]
    public void The_writer_formats_without_a_culture_and_ends_lines_once()
    {
        var writer = new ConsoleTextWriter(_console);
        writer.WriteLine(1234.5);
        writer.Write('c');
        writer.Write(true);
        writer.WriteLine("{0}-{1}", 1, "two");
        writer.WriteLine();
        Assert.That(_uart.Wire, Is.EqualTo("1234.5\r\ncTrue1-two\r\n\r\n"));
    }
}
