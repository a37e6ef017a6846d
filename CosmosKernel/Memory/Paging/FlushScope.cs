namespace MemOS.Memory.Paging;

/// <summary>Which translations a flush means.</summary>
public enum FlushScope
{
    /// <summary>Those of one address space.</summary>
    AddressSpace = 0,

    /// <summary>Those too that are the same in all address spaces.</summary>
    Global = 1,
}
