namespace MemOS.Memory.Paging;

/// <summary>Tables of three levels.</summary>
public readonly struct ThreeLevels : ILevels
{
    /// <inheritdoc/>
    public int Count => Fewest;

    /// <inheritdoc/>
    public int Fewest => 3;
}
