using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>How code reaches physical memory: through the direct map in the machine, in an array in tests.</summary>
/// <remarks>
/// Used as a struct type parameter (<c>where TMemory : struct, IPhysicalMemory</c>), which the compiler specialises and inlines.
/// The caller knows that the address is memory.
/// </remarks>
public unsafe interface IPhysicalMemory
{
    /// <summary>Reads the 8 bytes at <paramref name="address"/>, a multiple of 8, in one access that is not moved or merged.</summary>
    ulong ReadWord(PhysAddr address);

    /// <summary>Writes the 8 bytes at <paramref name="address"/>, a multiple of 8, in one access that is not moved or merged.</summary>
    void WriteWord(PhysAddr address, ulong value);

    /// <summary>Writes words in a row, each greater by <paramref name="step"/> than the one before and each as <see cref="WriteWord"/> does.</summary>
    /// <param name="start">Where the first word is, a multiple of 8.</param>
    /// <param name="count">How many words; all are memory in a row.</param>
    /// <param name="first">The first word.</param>
    /// <param name="step">The difference; overflow wraps.</param>
    void WriteWords(PhysAddr start, int count, ulong first, ulong step);

    /// <summary>Reads the 4 bytes at <paramref name="address"/>, a multiple of 4, in one access that is not moved or merged.</summary>
    uint ReadHalfWord(PhysAddr address);

    /// <summary>Writes the 4 bytes at <paramref name="address"/>, a multiple of 4, in one access that is not moved or merged.</summary>
    void WriteHalfWord(PhysAddr address, uint value);

    /// <summary>Clears the bytes of <paramref name="frame"/>.</summary>
    void ZeroFrame(FrameNumber frame);

    /// <summary>Where the running code finds the byte at <paramref name="address"/>; valid up to the end of its frame.</summary>
    byte* Pointer(PhysAddr address);
}
