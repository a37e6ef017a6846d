using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>What a handle points at. The class library reads the first word itself; a memory manager may use what follows the kind.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GCHandleSlot
{
    /// <summary>The object, or 0.</summary>
    public CosmosAddress Target;

    /// <summary>What a dependent handle keeps.</summary>
    public CosmosAddress Secondary;

    /// <summary>The kind; of a handle that is free, anything.</summary>
    public int Kind;
}
