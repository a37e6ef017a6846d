using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed class TextScreenTests
{
    private FakeSurface _surface = null!;
    private TextScreen _screen = null!;

    [SetUp]
    public void SetUp()
    {
        _surface = new FakeSurface(10, 4);
        _screen = new TextScreen(_surface);
    }

    [Test]
    public void Text_starts_at_the_top_left_and_the_cursor_follows()
    {
        _screen.Write("hello");
        Assert.That(_surface.Row(0), Is.EqualTo("hello"));
        Assert.That(_surface.Cursor, Is.EqualTo((5, 0)));
    }

    [Test]
    public void A_line_feed_starts_a_line_and_a_carriage_return_goes_back()
    {
        _screen.Write("one\ntwo\r\nthree\rTH");
        Assert.That(Rows(), Is.EqualTo(new[] { "one", "two", "THree", "" }));
    }

    [Test]
    public void A_line_as_wide_as_the_screen_takes_one_row()
    {
        _screen.Write("0123456789\nnext");
        Assert.That(Rows(), Is.EqualTo(new[] { "0123456789", "next", "", "" }));
    }

    [Test]
    public void Longer_text_wraps()
    {
        _screen.Write("0123456789abc");
        Assert.That(Rows(), Is.EqualTo(new[] { "0123456789", "abc", "", "" }));
        Assert.That(_surface.Cursor, Is.EqualTo((3, 1)));
    }

    [Test]
    public void The_screen_scrolls_by_one_row_at_its_end()
    {
        _screen.Write("a\nb\nc\nd\ne");
        Assert.That(Rows(), Is.EqualTo(new[] { "b", "c", "d", "e" }));
        Assert.That(_surface.Cursor, Is.EqualTo((1, 3)));
    }

    [Test]
    public void Scrolling_draws_only_what_differs()
    {
        _screen.Write("same\nsame\nsame\nsame");
        _surface.Draws = 0;
        _screen.Write("\n");
        Assert.That(_surface.Draws, Is.EqualTo(4), "only the last row is emptied");
    }

    [Test]
    public void Writing_what_is_there_draws_nothing()
    {
        _screen.Write("same");
        _surface.Draws = 0;
        _screen.Write("\rsame");
        Assert.That(_surface.Draws, Is.Zero);
    }

    [Test]
    public void Backspace_stops_at_the_left_edge()
    {
        _screen.Write("ab\b\b\b\bX");
        Assert.That(_surface.Row(0), Is.EqualTo("Xb"));
    }

    [Test]
    public void Backspace_goes_back_over_a_wrap_but_not_over_a_line_end()
    {
        _screen.Write("0123456789ab\b\b\bX");
        Assert.That(Rows(), Is.EqualTo(new[] { "012345678X", "ab", "", "" }));
        _screen.Clear();
        _screen.Write("one\nt\b\b\bX");
        Assert.That(Rows(), Is.EqualTo(new[] { "one", "X", "", "" }));
    }

    [Test]
    public void Backspace_after_the_last_column_erases_the_last_character()
    {
        _screen.Write("0123456789\b \b");
        Assert.That(_surface.Row(0), Is.EqualTo("012345678"));
        Assert.That(_surface.Cursor, Is.EqualTo((9, 0)));
    }

    [Test]
    public void A_wrap_is_still_known_after_a_scroll()
    {
        _screen.Write("\n\n\n0123456789ab\b\b\bX");
        Assert.That(_surface.Row(2), Is.EqualTo("012345678X"));
    }

    [Test]
    public void Tabs_go_to_the_next_multiple_of_eight()
    {
        _screen.Write("a\tb");
        Assert.That(_surface.Row(0), Is.EqualTo("a       b"));
    }

    [Test]
    public void Other_control_characters_are_not_shown()
    {
        _screen.Write("a\a\u001B\x7F\0b");
        Assert.That(_surface.Row(0), Is.EqualTo("ab"));
    }

    [Test]
    public void Colours_belong_to_what_is_written_next()
    {
        _screen.Write("a");
        _screen.Colours = 0x1C;
        _screen.Write("b");
        Assert.That(_surface.At(0, 0).Colours, Is.EqualTo(0x07));
        Assert.That(_surface.At(1, 0).Colours, Is.EqualTo(0x1C));
        Assert.That(_surface.At(2, 0).Colours, Is.EqualTo(0x07));
    }

    [Test]
    public void Clear_empties_everything_in_the_present_colours()
    {
        _screen.Write("text");
        _screen.Colours = 0x30;
        _screen.Clear();
        Assert.That(Rows(), Is.All.Empty);
        Assert.That(_surface.At(9, 3).Colours, Is.EqualTo(0x30));
        Assert.That(_surface.Cursor, Is.EqualTo((0, 0)));
    }

    [Test]
    public void The_cursor_stays_on_the_screen()
    {
        _screen.MoveCursor(99, -3);
        Assert.That(_surface.Cursor, Is.EqualTo((9, 0)));
        _screen.Write("x");
        Assert.That(_surface.At(9, 0).Character, Is.EqualTo('x'));
    }

    [Test]
    public void A_hidden_cursor_stays_hidden_while_writing()
    {
        _screen.CursorVisible = false;
        _screen.Write("x");
        Assert.That(_surface.Cursor, Is.Null);
        _screen.CursorVisible = true;
        Assert.That(_surface.Cursor, Is.EqualTo((1, 0)));
    }

    [Test]
    public void Redraw_puts_back_what_was_overwritten()
    {
        _screen.Write("kept");
        _surface.Draw(0, 0, new Cell('?', 0));
        _screen.Redraw();
        Assert.That(_surface.Row(0), Is.EqualTo("kept"));
    }

    private string[] Rows()
    {
        var rows = new string[_surface.Rows];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = _surface.Row(row);
        }

        return rows;
    }
}
