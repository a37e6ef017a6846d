namespace Cosmos.System.Consoles;

/// <summary>A grid of character cells that can be drawn on: VGA text memory or a linear framebuffer.</summary>
/// <remarks>
/// A surface keeps no text: <see cref="TextScreen"/> knows what is shown and draws only what differs. It is a class and
/// not an interface because a panic draws through it: a virtual call needs nothing that has to be resolved first.
/// </remarks>
public abstract class TextSurface
{
    /// <summary>Cells in a row.</summary>
    public abstract int Columns { get; }

    /// <summary>Rows.</summary>
    public abstract int Rows { get; }

    /// <summary>Draws <paramref name="cell"/> at a place inside the grid.</summary>
    public abstract void Draw(int column, int row, Cell cell);

    /// <summary>Shows the cursor on a place whose cell is <paramref name="under"/>.</summary>
    public abstract void ShowCursor(int column, int row, Cell under);

    /// <summary>Takes the cursor away from a place whose cell is <paramref name="under"/>.</summary>
    public abstract void HideCursor(int column, int row, Cell under);

    /// <summary>Says where the surface's memory is mapped now.</summary>
    public abstract void MoveTo(CosmosAddress address);
}
