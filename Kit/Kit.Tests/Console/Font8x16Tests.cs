using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed class Font8x16Tests
{
    private const int BytesPerLine = Font8x16.Width + 1;

    [Test]
    public void The_table_is_what_the_drawing_shows()
    {
        SortedDictionary<char, byte[]> drawing = ReadDrawing();
        var table = new StringBuilder();
        bool same = true;
        foreach ((char character, byte[] rows) in drawing)
        {
            same &= Font8x16.Has(character) && Font8x16.Glyph(character).SequenceEqual(rows);
            table.AppendJoin(' ', rows.Select(row => $"0x{row:X2},")).AppendLine($" // U+{(int)character:X4} {character}");
        }

        string others = string.Concat(drawing.Keys.Where(c => c > '~'));
        Assert.That(same, $"Others should be {others}, the table should be\n{table}");
    }

    [Test]
    public void Ascii_boxes_and_blocks_are_all_there()
    {
        IEnumerable<char> wanted = Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Concat("─│┌┐└┘├┤┬┴┼█▓▒░▀▄←→↑↓°µ±×÷·•…");
        Assert.That(wanted.Where(c => !Font8x16.Has(c)), Is.Empty);
    }

    [Test]
    public void No_two_characters_look_the_same()
    {
        IEnumerable<IGrouping<string, char>> looks = ReadDrawing().GroupBy(entry => Convert.ToHexString(entry.Value), entry => entry.Key);
        Assert.That(looks.Where(group => group.Count() > 1).Select(group => string.Concat(group)), Is.Empty);
    }

    [Test]
    public void What_the_font_lacks_is_shown_by_the_replacement_character()
    {
        Assert.That(Font8x16.Has('\u4E00'), Is.False);
        Assert.That(Font8x16.Glyph('\u4E00').ToArray(), Is.EqualTo(Font8x16.Glyph('\uFFFD').ToArray()));
        Assert.That(Font8x16.Glyph('\u0001').ToArray(), Is.EqualTo(Font8x16.Glyph('\uFFFD').ToArray()));
        Assert.That(Font8x16.Glyph('\uFFFF').ToArray(), Is.EqualTo(Font8x16.Glyph('\uFFFD').ToArray()));
    }

    [Test]
    public void Lines_of_boxes_join()
    {
        Assert.That(Font8x16.Glyph('─')[7], Is.EqualTo(0xFF));
        Assert.That(Font8x16.Glyph('│').ToArray(), Is.All.EqualTo(0x10));
        Assert.That(Font8x16.Glyph('┼')[7] & 0x10, Is.EqualTo(0x10));
    }

    private static SortedDictionary<char, byte[]> ReadDrawing()
    {
        var drawing = new SortedDictionary<char, byte[]>();
        string[] lines = File.ReadAllLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "Console", "Font8x16.txt"));
        for (int first = 0; first + Font8x16.Height < lines.Length; first += Font8x16.Height + 2)
        {
            for (int column = 0; column < lines[first].Length; column += BytesPerLine)
            {
                char character = (char)int.Parse(lines[first].AsSpan(column + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                drawing.Add(character, Enumerable.Range(1, Font8x16.Height).Select(row => Bits(lines[first + row], column)).ToArray());
            }
        }

        return drawing;
    }

    private static byte Bits(string line, int column)
    {
        int bits = 0;
        foreach (char pixel in line.AsSpan(column, Font8x16.Width))
        {
            Assert.That(pixel is '#' or '.', $"a pixel is # or ., not {pixel}");
            bits = (bits << 1) | (pixel == '#' ? 1 : 0);
        }

        return (byte)bits;
    }
}
