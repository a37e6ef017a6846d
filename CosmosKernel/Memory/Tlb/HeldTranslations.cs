namespace MemOS.Memory.Tlb;

/// <summary>What becomes of the translations that a processor holds of an address space when it comes back to it.</summary>
public enum HeldTranslations
{
    /// <summary>They are forgotten.</summary>
    Forgotten = 0,

    /// <summary>They are used again.</summary>
    Kept,
}
