namespace MemOS.Plugs.X86;

/// <summary>How much room an argument takes.</summary>
internal enum ArgumentSize
{
    /// <summary>A machine word or less: a number of up to 32 bits, an address, a pointer.</summary>
    Word,

    /// <summary>64 bits on every machine.</summary>
    Long,
}
