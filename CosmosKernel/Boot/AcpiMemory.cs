using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>The part of physical memory that ACPI tables may be read from, byte by byte.</summary>
/// <remarks>
/// Tables are aligned to nothing and may cross frames; so nothing wider than a byte is read, and each byte is found through the
/// seam. Whoever reads has asked <see cref="Contains"/> before.
/// </remarks>
public readonly unsafe struct AcpiMemory<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private readonly TMemory _memory;

    /// <summary>The bytes [<paramref name="start"/>, <paramref name="end"/>) of <paramref name="memory"/>, which can all be read.</summary>
    public AcpiMemory(TMemory memory, PhysAddr start, PhysAddr end)
    {
        _memory = memory;
        Start = start;
        End = end;
    }

    /// <summary>The first byte.</summary>
    public PhysAddr Start { get; }

    /// <summary>The byte after the last one.</summary>
    public PhysAddr End { get; }

    /// <summary>Whether <paramref name="sizeBytes"/> bytes from <paramref name="start"/> on can be read.</summary>
    public bool Contains(PhysAddr start, ulong sizeBytes) => start >= Start && start <= End && sizeBytes <= End - start;

    /// <summary>The byte at <paramref name="position"/>.</summary>
    public byte ReadByte(PhysAddr position)
    {
        KernelAssert.That(Contains(position, 1), "AcpiMemory: a byte outside the readable memory");
        return *_memory.Pointer(position); // SAFETY: readable, as the constructor's caller vouches.
    }

    /// <summary>The number of <paramref name="sizeBytes"/> bytes, at most 8, at <paramref name="position"/>, the lowest byte first.</summary>
    public ulong ReadNumber(PhysAddr position, int sizeBytes)
    {
        ulong number = 0;
        for (int index = sizeBytes - 1; index >= 0; index--) number = number << 8 | ReadByte(position + (ulong)index);
        return number;
    }

    /// <summary>The sum of <paramref name="sizeBytes"/> bytes, of which the lowest 8 bits count: 0 in a table that is whole.</summary>
    public byte Sum(PhysAddr start, ulong sizeBytes)
    {
        byte sum = 0;
        for (ulong index = 0; index < sizeBytes; index++) sum = unchecked((byte)(sum + ReadByte(start + index)));
        return sum;
    }
}
