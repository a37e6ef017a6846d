namespace MemOS.Memory.Frames;

/// <summary>What a zone is for, from the scarcest memory to the most plentiful.</summary>
/// <remarks>A request for one kind may be served from a lower one, never from a higher one: its device could not reach it.</remarks>
public enum ZoneKind : byte
{
    /// <summary>Within reach of the oldest devices.</summary>
    Dma = 0,

    /// <summary>Low memory that is not for those devices alone.</summary>
    Low = 1,

    /// <summary>Within reach of devices with 32-bit addresses.</summary>
    Dma32 = 2,

    /// <summary>Memory for everything.</summary>
    Normal = 3,

    /// <summary>Memory that not everything can reach.</summary>
    High = 4,
}
