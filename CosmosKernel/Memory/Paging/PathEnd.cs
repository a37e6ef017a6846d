using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Where a walk of the mapper's own tables has got to.</summary>
internal struct PathEnd
{
    /// <summary>The table to read next.</summary>
    public PhysAddr Table;

    /// <summary>The entry that points to <see cref="Table"/>; of no meaning for the root.</summary>
    public PhysAddr Owner;

    /// <summary>What it says.</summary>
    public ulong Link;

    public PathEnd(PhysAddr root)
    {
        this = default;
        Table = root;
    }
}
