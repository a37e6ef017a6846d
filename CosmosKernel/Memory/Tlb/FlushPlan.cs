namespace MemOS.Memory.Tlb;

/// <summary>How one processor carries out a flush.</summary>
public enum FlushPlan
{
    /// <summary>Nothing to do.</summary>
    Nothing = 0,

    /// <summary>Page by page.</summary>
    EachPage,

    /// <summary>Everything but global translations.</summary>
    AddressSpace,

    /// <summary>Everything.</summary>
    Global,
}
