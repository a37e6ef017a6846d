using System;

namespace MemOS.Shell;

/// <summary>The text of a line being edited and the cursor in it.</summary>
public sealed class EditBuffer
{
    private char[] _text = new char[128];

    /// <summary>Characters in the line.</summary>
    public int Length { get; private set; }

    /// <summary>The cursor's place, from 0 to <see cref="Length"/>.</summary>
    public int Cursor { get; private set; }

    /// <summary>The characters from <paramref name="start"/> to the end.</summary>
    public string From(int start) => new(_text, start, Length - start);

    /// <summary>The characters before the cursor.</summary>
    public string BeforeCursor => new(_text, 0, Cursor);

    /// <inheritdoc/>
    public override string ToString() => new(_text, 0, Length);

    /// <summary>Puts a character before the cursor.</summary>
    public void Insert(char character)
    {
        if (Length == _text.Length) Array.Resize(ref _text, 2 * Length);

        Array.Copy(_text, Cursor, _text, Cursor + 1, Length - Cursor);
        _text[Cursor] = character;
        Length++;
        Cursor++;
    }

    /// <summary>Removes <paramref name="count"/> characters from <paramref name="start"/> on and puts the cursor there.</summary>
    public void Remove(int start, int count)
    {
        Array.Copy(_text, start + count, _text, start, Length - start - count);
        Length -= count;
        Cursor = start;
    }

    /// <summary>Moves the cursor to a place in the line.</summary>
    public void MoveTo(int place) => Cursor = Math.Min(Math.Max(place, 0), Length);

    /// <summary>The start of the word before the cursor.</summary>
    public int WordStart()
    {
        int place = Cursor;
        while (place > 0 && _text[place - 1] == ' ') place--;
        while (place > 0 && _text[place - 1] != ' ') place--;
        return place;
    }

    /// <summary>The end of the word at or behind the cursor.</summary>
    public int WordEnd()
    {
        int place = Cursor;
        while (place < Length && _text[place] == ' ') place++;
        while (place < Length && _text[place] != ' ') place++;
        return place;
    }
}
