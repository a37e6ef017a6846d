namespace MemOS.Memory.Paging;

/// <summary>Tables of five levels.</summary>
public readonly struct FiveLevels : ILevels
{
    /// <inheritdoc/>
    public int Count => Fewest;

    /// <inheritdoc/>
    public int Fewest => 5;
}
