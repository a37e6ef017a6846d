namespace MemOS.Memory.Managed;

/// <summary>What the compiler's objects look like, as far as a collection has to know; a struct type parameter without state.</summary>
public interface IObjectFormat
{
    /// <summary>Whether an object begins with the address of its type, which says where its references are; else each of its words may be one.</summary>
    bool HasTypes { get; }

    /// <summary>Whether the ushort before an object counts the static fields that refer to it.</summary>
    bool HasRootCounts { get; }
}
