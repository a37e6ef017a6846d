namespace MemOS.Memory.Managed;

/// <summary>Objects of the in-tree kit: NativeAOT's, see <see cref="ObjectType"/>.</summary>
public readonly struct TypedObjects : IObjectFormat
{
    /// <inheritdoc/>
    public bool HasTypes => true;

    /// <inheritdoc/>
    public bool HasRootCounts => false;
}
