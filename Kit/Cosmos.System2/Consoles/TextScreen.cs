using System;

namespace Cosmos.System.Consoles;

/// <summary>A screen of text: cursor, wrapping, scrolling and colours over an <see cref="TextSurface"/>.</summary>
/// <remarks>
/// <para>
/// The screen keeps a copy of what is shown, so that nothing is ever read back from display memory (slow on hardware,
/// slower in emulators) and a scroll redraws only the cells whose content changes.
/// </para>
/// <para>
/// A character in the last column leaves the cursor behind it; the row is wrapped when the next character comes, so a
/// line of exactly <see cref="Columns"/> characters takes one row. Backspace at the left edge goes back to the row that
/// wrapped into this one: text longer than a row can be edited.
/// </para>
/// </remarks>
public sealed class TextScreen
{
    private const int TabWidth = 8;

    private readonly TextSurface _surface;
    private readonly Cell[] _cells;
    private readonly bool[] _wrapped;
    private int _column;
    private int _row;
    private bool _cursorWanted = true;
    private bool _cursorShown;

    /// <summary>Creates a cleared screen on <paramref name="surface"/>.</summary>
    public TextScreen(TextSurface surface)
    {
        _surface = surface;
        Columns = surface.Columns;
        Rows = surface.Rows;
        _cells = new Cell[Columns * Rows];
        _wrapped = new bool[Rows];
        Clear();
    }

    /// <summary>Cells in a row.</summary>
    public int Columns { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>The cursor's column; <see cref="Columns"/> − 1 also when the next character will wrap.</summary>
    public int CursorColumn => Math.Min(_column, Columns - 1);

    /// <summary>The cursor's row.</summary>
    public int CursorRow => _row;

    /// <summary>The colours of what is written next: foreground in bits 0–3, background in bits 4–7.</summary>
    public byte Colours { get; set; } = 0x07;

    /// <summary>Whether the cursor is to be seen.</summary>
    public bool CursorVisible
    {
        get => _cursorWanted;
        set
        {
            HideCursor();
            _cursorWanted = value;
            ShowCursor();
        }
    }

    /// <summary>What is shown at a place.</summary>
    public Cell this[int column, int row] => _cells[(row * Columns) + column];

    /// <summary>Writes text at the cursor.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        HideCursor();
        foreach (char character in text)
        {
            PutHidden(character);
        }

        ShowCursor();
    }

    /// <summary>Writes one character at the cursor, which stays hidden; allocates nothing.</summary>
    public void Put(char character)
    {
        HideCursor();
        PutHidden(character);
    }

    /// <summary>Empties the screen and puts the cursor at its top left.</summary>
    public void Clear()
    {
        HideCursor();
        var blank = new Cell(' ', Colours);
        for (int row = 0; row < Rows; row++)
        {
            _wrapped[row] = false;
            for (int column = 0; column < Columns; column++)
            {
                _cells[(row * Columns) + column] = blank;
                _surface.Draw(column, row, blank);
            }
        }

        _column = 0;
        _row = 0;
        ShowCursor();
    }

    /// <summary>Moves the cursor; a place outside the screen is moved to its edge.</summary>
    public void MoveCursor(int column, int row)
    {
        HideCursor();
        _column = Math.Clamp(column, 0, Columns - 1);
        _row = Math.Clamp(row, 0, Rows - 1);
        ShowCursor();
    }

    /// <summary>Draws everything again: after the surface's memory has moved or was overwritten.</summary>
    public void Redraw()
    {
        _cursorShown = false;
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                _surface.Draw(column, row, this[column, row]);
            }
        }

        ShowCursor();
    }

    private void PutHidden(char character)
    {
        switch (character)
        {
            case '\n':
                _column = 0;
                NextRow(wrapped: false);
                break;
            case '\r':
                _column = 0;
                break;
            case '\b':
                Back();
                break;
            case '\t':
                do
                {
                    PutPrintable(' ');
                }
                while (_column % TabWidth != 0);
                break;
            case >= ' ' and not '\x7F':
                PutPrintable(character);
                break;
        }
    }

    private void PutPrintable(char character)
    {
        if (_column == Columns)
        {
            _column = 0;
            NextRow(wrapped: true);
        }

        Set(_column, _row, new Cell(character, Colours));
        _column++;
    }

    private void Back()
    {
        if (_column > 0)
        {
            _column--;
        }
        else if (_row > 0 && _wrapped[_row])
        {
            _row--;
            _column = Columns - 1;
        }
    }

    private void NextRow(bool wrapped)
    {
        if (_row + 1 < Rows)
        {
            _row++;
        }
        else
        {
            Scroll();
        }

        _wrapped[_row] = wrapped;
    }

    private void Scroll()
    {
        for (int row = 0; row + 1 < Rows; row++)
        {
            _wrapped[row] = _wrapped[row + 1];
            for (int column = 0; column < Columns; column++)
            {
                Set(column, row, this[column, row + 1]);
            }
        }

        var blank = new Cell(' ', Colours);
        for (int column = 0; column < Columns; column++)
        {
            Set(column, Rows - 1, blank);
        }
    }

    private void Set(int column, int row, Cell cell)
    {
        ref Cell shown = ref _cells[(row * Columns) + column];
        if (!shown.Equals(cell))
        {
            shown = cell;
            _surface.Draw(column, row, cell);
        }
    }

    private void ShowCursor()
    {
        if (_cursorWanted)
        {
            _surface.ShowCursor(CursorColumn, CursorRow, this[CursorColumn, CursorRow]);
            _cursorShown = true;
        }
    }

    private void HideCursor()
    {
        if (_cursorShown)
        {
            _surface.HideCursor(CursorColumn, CursorRow, this[CursorColumn, CursorRow]);
            _cursorShown = false;
        }
    }
}
