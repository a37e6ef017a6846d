using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class LineEditorTests
{
    private FakeTerminal _terminal = null!;
    private CommandHistory _history = null!;
    private LineEditor _editor = null!;

    [SetUp]
    public void SetUp()
    {
        _terminal = new FakeTerminal();
        _history = new CommandHistory();
        _editor = new LineEditor(_terminal, _history, new Words("mem", "map", "selftest", "select"));
    }

    [Test]
    public void Typing_is_echoed_exactly()
    {
        _terminal.Type("mem --all \"x y\"\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("mem --all \"x y\""));
        Assert.That(_terminal.Written, Is.EqualTo("> mem --all \"x y\"\n"));
    }

    [Test]
    public void Text_can_be_put_in_and_taken_out_in_the_middle()
    {
        _terminal.Type("hllo");
        _terminal.Press(ConsoleKey.Home, ConsoleKey.RightArrow);
        _terminal.Type("e");
        _terminal.Press(ConsoleKey.End);
        _terminal.Type("!!\b");
        _terminal.Press(ConsoleKey.LeftArrow, ConsoleKey.Delete);
        _terminal.Type("\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("hello"));
        Assert.That(_terminal.Rows[0].TrimEnd(), Is.EqualTo("> hello"));
    }

    [Test]
    public void Keys_at_the_ends_of_the_line_do_nothing()
    {
        _terminal.Press(ConsoleKey.LeftArrow, ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.RightArrow, ConsoleKey.Home, ConsoleKey.End);
        _terminal.PressControl(ConsoleKey.U, ConsoleKey.K, ConsoleKey.W);
        _terminal.Type("x\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("x"));
        Assert.That(_terminal.Written, Is.EqualTo("> x\n"));
    }

    [Test]
    public void Enter_in_the_middle_takes_the_whole_line()
    {
        _terminal.Type("abc");
        _terminal.Press(ConsoleKey.Home);
        _terminal.Type("\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("abc"));
        Assert.That(_terminal.Rows[0], Is.EqualTo("> abc"));
    }

    [Test]
    public void Control_keys_erase_parts()
    {
        _terminal.Type("one two three");
        _terminal.PressControl(ConsoleKey.W);
        _terminal.Press(ConsoleKey.LeftArrow);
        _terminal.PressControl(ConsoleKey.LeftArrow);
        _terminal.PressControl(ConsoleKey.K);
        _terminal.Type("X");
        _terminal.PressControl(ConsoleKey.A);
        _terminal.PressControl(ConsoleKey.D);
        _terminal.Type("\n");
        Assert.That(_editor.ReadLine(""), Is.EqualTo("ne X"));

        _terminal.Type("drop keep");
        _terminal.PressControl(ConsoleKey.LeftArrow);
        _terminal.PressControl(ConsoleKey.U);
        _terminal.Type("\n");
        Assert.That(_editor.ReadLine(""), Is.EqualTo("keep"));
    }

    [Test]
    public void Control_C_gives_the_line_up_and_asks_again()
    {
        _terminal.Type("wrong");
        _terminal.PressControl(ConsoleKey.C);
        _terminal.Type("right\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("right"));
        Assert.That(_terminal.Rows, Is.EqualTo(new[] { "> wrong^C", "> right", "" }));
        Assert.That(_history.Count, Is.EqualTo(1));
    }

    [Test]
    public void Control_L_clears_and_shows_the_line_again()
    {
        _terminal.Type("abc");
        _terminal.Press(ConsoleKey.LeftArrow);
        _terminal.PressControl(ConsoleKey.L);
        _terminal.Type("X\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("abXc"));
        Assert.That(_terminal.Rows[0], Is.EqualTo("> abXc"));
        Assert.That(_terminal.Clears, Is.EqualTo(1));
    }

    [Test]
    public void History_is_walked_and_the_draft_is_kept()
    {
        Enter("first");
        Enter("second, longer");
        _terminal.Type("draft");
        _terminal.Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow);
        _terminal.Type("!\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("draft!"));

        _terminal.Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow);
        _terminal.Type("\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("first"));
        Assert.That(_terminal.Rows[^2].TrimEnd(), Is.EqualTo("> first"));
    }

    [Test]
    public void An_edited_line_of_the_history_is_a_new_one()
    {
        Enter("first");
        _terminal.Press(ConsoleKey.UpArrow);
        _terminal.Type("!\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("first!"));
        Assert.That(_history[0], Is.EqualTo("first"));
        Assert.That(_history[1], Is.EqualTo("first!"));
    }

    [Test]
    public void Tab_completes_a_single_candidate_with_a_blank()
    {
        _terminal.Type("me\t\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("mem "));
    }

    [Test]
    public void Tab_completes_what_candidates_share_and_then_lists_them()
    {
        _terminal.Type("s\t\tf\t\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("selftest "));
        Assert.That(_terminal.Rows, Is.EqualTo(new[] { "> sel", "selftest  select", "> selftest ", "" }));
    }

    [Test]
    public void Tab_without_candidates_does_nothing()
    {
        _terminal.Type("zz\t\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("zz"));
    }

    [Test]
    public void A_list_of_candidates_leaves_text_behind_the_cursor_alone()
    {
        _terminal.Type("m tail");
        _terminal.Press(ConsoleKey.Home, ConsoleKey.RightArrow);
        _terminal.Type("\ta\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("ma tail"));
        Assert.That(_terminal.Rows, Is.EqualTo(new[] { "> m tail", "mem  map", "> ma tail", "" }));
    }

    [Test]
    public void A_line_has_an_end()
    {
        _terminal.Type(new string('x', LineEditor.MaximumLength + 10) + "\n");
        Assert.That(_editor.ReadLine("> "), Has.Length.EqualTo(LineEditor.MaximumLength));
    }

    [Test]
    public void Control_and_alt_characters_are_not_text()
    {
        _terminal.PressControl(ConsoleKey.G, ConsoleKey.Z);
        _terminal.Press(ConsoleKey.F1, ConsoleKey.Escape);
        _terminal.Type("a\n");
        Assert.That(_editor.ReadLine("> "), Is.EqualTo("a"));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void After_any_keys_the_viewer_sees_the_line(int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            SetUp();
            string line = string.Empty;
            int cursor = 0;
            for (int step = random.Next(40); step >= 0; step--) TypeRandomKey(random, ref line, ref cursor);

            // The end of the keys breaks the editor off: what the viewer sees then is the line in the middle of the work.
            Assert.Throws<InvalidOperationException>(() => _editor.ReadLine("> "));
            Assert.That(_terminal.LastRow.TrimEnd(' '), Is.EqualTo(("> " + line).TrimEnd(' ')));
            Assert.That(_terminal.Column, Is.EqualTo(2 + cursor));
            _terminal.Type("\n");
        }
    }

    private void TypeRandomKey(Random random, ref string line, ref int cursor)
    {
        int choice = random.Next(10);
        if (choice < 5)
        {
            char character = (char)random.Next('!', '~');
            _terminal.Type(character.ToString());
            line = line.Insert(cursor++, character.ToString());
            return;
        }

        ConsoleKey key = new[] { ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.LeftArrow, ConsoleKey.RightArrow, random.Next(2) == 0 ? ConsoleKey.Home : ConsoleKey.End }[choice - 5];
        _terminal.Press(key);
        switch (key)
        {
            case ConsoleKey.Backspace when cursor > 0:
                line = line.Remove(--cursor, 1);
                break;
            case ConsoleKey.Delete when cursor < line.Length:
                line = line.Remove(cursor, 1);
                break;
            case ConsoleKey.LeftArrow:
                cursor = Math.Max(cursor - 1, 0);
                break;
            case ConsoleKey.RightArrow:
                cursor = Math.Min(cursor + 1, line.Length);
                break;
            case ConsoleKey.Home:
                cursor = 0;
                break;
            case ConsoleKey.End:
                cursor = line.Length;
                break;
        }
    }

    private void Enter(string line)
    {
        _terminal.Type(line + "\n");
        _editor.ReadLine("> ");
    }

    private sealed class Words : ILineCompleter
    {
        private readonly string[] _words;

        public Words(params string[] words)
        {
            _words = words;
        }

        public List<string> Complete(string textBeforeCursor) =>
            _words.Where(word => word.StartsWith(textBeforeCursor[(textBeforeCursor.LastIndexOf(' ') + 1)..], StringComparison.Ordinal)).ToList();
    }
}
