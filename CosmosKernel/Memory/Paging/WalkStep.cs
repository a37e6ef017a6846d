using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>One step of a walk: the entry that was read at one level.</summary>
public readonly struct WalkStep
{
    /// <summary>The level, 0 where the smallest pages are mapped.</summary>
    public readonly int Level;

    /// <summary>The table that was read.</summary>
    public readonly PhysAddr Table;

    /// <summary>The number of the entry in it.</summary>
    public readonly int Index;

    /// <summary>The entry.</summary>
    public readonly ulong Entry;

    /// <summary>What the entry means.</summary>
    public readonly WalkStepKind Kind;

    /// <summary>What the entry says of the page, or allows for the pages under it; none when it is absent.</summary>
    public readonly PageFlags Flags;

    /// <summary>All of it.</summary>
    public WalkStep(int level, PhysAddr table, int index, ulong entry, WalkStepKind kind, PageFlags flags)
    {
        Level = level;
        Table = table;
        Index = index;
        Entry = entry;
        Kind = kind;
        Flags = flags;
    }
}
