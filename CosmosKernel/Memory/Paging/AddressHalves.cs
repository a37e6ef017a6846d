namespace MemOS.Memory.Paging;

/// <summary>Which virtual addresses the tables under one root are for: the format's canonical rule.</summary>
public enum AddressHalves
{
    /// <summary>Half of them at each end of the 64 bits: the bits above the width repeat its highest bit.</summary>
    Both = 0,

    /// <summary>Those from 0 on: the bits above the width are 0.</summary>
    Lower,

    /// <summary>Those up to the last: the bits above the width are 1.</summary>
    Upper,
}
