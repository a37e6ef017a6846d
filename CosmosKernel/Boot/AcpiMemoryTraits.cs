using System;

namespace MemOS.Boot;

/// <summary>What the SRAT says about a range of memory beside where it is.</summary>
[Flags]
public enum AcpiMemoryTraits : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The memory may come and go while the machine runs; the range may be empty now.</summary>
    HotPluggable = 1,

    /// <summary>The memory keeps its contents without power.</summary>
    NonVolatile = 2,
}
