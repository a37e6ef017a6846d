namespace MemOS.Memory.Paging;

/// <summary>Tables of four levels.</summary>
public readonly struct FourLevels : ILevels
{
    /// <inheritdoc/>
    public int Count => Fewest;

    /// <inheritdoc/>
    public int Fewest => 4;
}
