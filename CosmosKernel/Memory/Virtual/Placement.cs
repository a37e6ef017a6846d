namespace MemOS.Memory.Virtual;

/// <summary>Where a new area goes.</summary>
public enum Placement
{
    /// <summary>At the wanted address when that is free, else where there is room.</summary>
    Anywhere = 0,

    /// <summary>At the wanted address; what was there goes (MAP_FIXED).</summary>
    Fixed,

    /// <summary>At the wanted address, which must be free (MAP_FIXED_NOREPLACE).</summary>
    FixedIfFree,
}
