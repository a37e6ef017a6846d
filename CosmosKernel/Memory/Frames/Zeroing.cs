namespace MemOS.Memory.Frames;

/// <summary>What the bytes of an allocated block are.</summary>
public enum Zeroing : byte
{
    /// <summary>Whatever was there.</summary>
    AsIs,

    /// <summary>Zero.</summary>
    Zeroed,
}
