using MemOS.Primitives;

namespace MemOS.Collections;

/// <summary>Up to <see cref="Capacity"/> virtual addresses, kept on the stack.</summary>
public unsafe struct AddressBatch
{
    /// <summary>How many addresses it holds.</summary>
    public const int Capacity = 32;

    private fixed ulong _addresses[Capacity];

    /// <summary>The number of addresses in it.</summary>
    public int Count { get; private set; }

    /// <summary>The address that was added as number <paramref name="index"/>, from 0.</summary>
    public readonly VirtAddr this[int index]
    {
        get
        {
            KernelAssert.That((uint)index < (uint)Count, "AddressBatch: no such address");
            return VirtAddr.FromTrusted(_addresses[index]); // SAFETY: below the count.
        }
    }

    /// <summary>Adds <paramref name="address"/>; there must be room.</summary>
    public void Add(VirtAddr address)
    {
        KernelAssert.That(Count < Capacity, "AddressBatch: full");
        _addresses[Count++] = address.Value; // SAFETY: below the capacity.
    }
}
