namespace Cosmos.System.Consoles;

/// <summary>A grid of character cells that can be drawn on: VGA text memory or a linear framebuffer.</summary>
/// <remarks>A surface keeps no text: <see cref="TextScreen"/> knows what is shown and draws only what differs.</remarks>
public interface ITextSurface
{
    /// <summary>Cells in a row.</summary>
    int Columns { get; }

    /// <summary>Rows.</summary>
    int Rows { get; }

    /// <summary>Draws <paramref name="cell"/> at a place inside the grid.</summary>
    void Draw(int column, int row, Cell cell);

    /// <summary>Shows the cursor on a place whose cell is <paramref name="under"/>.</summary>
    void ShowCursor(int column, int row, Cell under);

    /// <summary>Takes the cursor away from a place whose cell is <paramref name="under"/>.</summary>
    void HideCursor(int column, int row, Cell under);
}
