using Cosmos.System.Consoles;

namespace Kit.Tests.Consoles;

/// <summary>A text surface that remembers what was drawn on it and how often.</summary>
internal sealed class FakeSurface : TextSurface
{
    private readonly Cell[] _cells;

    public FakeSurface(int columns, int rows)
    {
        Columns = columns;
        Rows = rows;
        _cells = new Cell[columns * rows];
    }

    public override int Columns { get; }

    public override int Rows { get; }

    public int Draws { get; set; }

    public (int Column, int Row)? Cursor { get; private set; }

    public Cell At(int column, int row) => _cells[(row * Columns) + column];

    public string Row(int row)
    {
        var text = new char[Columns];
        for (int column = 0; column < Columns; column++)
        {
            text[column] = At(column, row).Character;
        }

        return new string(text).TrimEnd(' ');
    }

    public override void Draw(int column, int row, Cell cell)
    {
        Draws++;
        _cells[(row * Columns) + column] = cell;
    }

    public override void ShowCursor(int column, int row, Cell under) => Cursor = (column, row);

    public override void HideCursor(int column, int row, Cell under) => Cursor = null;

    public override void MoveTo(nuint address)
    {
    }
}
