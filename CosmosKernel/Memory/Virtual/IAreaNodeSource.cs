namespace MemOS.Memory.Virtual;

/// <summary>Where the nodes of area trees come from.</summary>
/// <remarks>Used as a struct type parameter and copied freely: an instance is a handle.</remarks>
public unsafe interface IAreaNodeSource
{
    /// <summary>Hands out room for a node, with any content; false when there is none.</summary>
    bool TryAllocateNode(out AreaNode* node);

    /// <summary>Takes a node back.</summary>
    void FreeNode(AreaNode* node);
}
