namespace MemOS.Memory.Numa;

/// <summary>Why the machine counts as one node.</summary>
public enum TopologyFault : byte
{
    /// <summary>The firmware's tables were believed.</summary>
    None = 0,

    /// <summary>There is no SRAT: an ordinary machine with one node.</summary>
    SratMissing,

    /// <summary>The firmware's list of tables cannot be used.</summary>
    RootBroken,

    /// <summary>The SRAT cannot be used.</summary>
    SratBroken,

    /// <summary>There is a SLIT, but it cannot be used.</summary>
    SlitBroken,

    /// <summary>The SRAT has no memory.</summary>
    NoMemory,

    /// <summary>More nodes than the kernel keeps apart.</summary>
    TooManyNodes,

    /// <summary>A node's number is none that firmware gives.</summary>
    WrongNode,

    /// <summary>More ranges of memory than the kernel keeps.</summary>
    TooManyRanges,

    /// <summary>More processors than the kernel keeps.</summary>
    TooManyProcessors,

    /// <summary>A byte of memory belongs to two nodes.</summary>
    OverlappingMemory,

    /// <summary>A processor belongs to two nodes.</summary>
    ProcessorInTwoNodes,

    /// <summary>A mebibyte of RAM or more belongs to no node.</summary>
    UncoveredMemory,
}
