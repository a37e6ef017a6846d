namespace MemOS.Memory.Managed;

/// <summary>Objects of Cosmos's IL2CPU.</summary>
/// <remarks>
/// An object is three words, the number of its type, what kind of object it is and its size, and its fields behind them. A reference takes eight
/// bytes and holds the address in the upper four. The compiler calls <c>IncRootCount</c> and <c>DecRootCount</c> where it stores to a static
/// field; the count is the ushort before the object, without its lowest bit, which is Cosmos's mark. The tables that say where
/// the references of a type are make objects to be read: so each word of an object is taken for one.
/// </remarks>
public readonly struct CosmosObjects : IObjectFormat
{
    /// <inheritdoc/>
    public bool HasTypes => false;

    /// <inheritdoc/>
    public bool HasRootCounts => true;
}
