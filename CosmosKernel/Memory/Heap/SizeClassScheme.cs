namespace MemOS.Memory.Heap;

/// <summary>Which sizes the small classes have.</summary>
public enum SizeClassScheme
{
    /// <summary>8, then multiples of 16 up to 128, then four to a doubling up to 16 KiB: blocks are 16-byte aligned from 16 bytes on.</summary>
    KernelBlocks,

    /// <summary>
    /// Multiples of 8 from 24, the smallest object of the runtime, up to 64, then as <see cref="KernelBlocks"/>: objects need
    /// the alignment of a word only, and most have three to seven words.
    /// </summary>
    ManagedObjects,

    /// <summary>Powers of two from 8 bytes to 16 KiB: the seed VeridianOS's; here for comparison.</summary>
    Veridian,

    /// <summary>Powers of two from 16 bytes to 2 KiB, pages above: the seed Coal's; here for comparison.</summary>
    Coal,
}
