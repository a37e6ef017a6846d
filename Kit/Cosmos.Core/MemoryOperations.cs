using System.Runtime.CompilerServices;

namespace Cosmos.Core;

/// <summary>Fills and copies of raw memory.</summary>
/// <remarks>They work before the first object exists and call nothing.</remarks>
public static unsafe class MemoryOperations
{
    private const ulong EachByte = 0x0101010101010101;

    /// <summary>Fills <paramref name="size"/> bytes with the low byte of <paramref name="value"/>.</summary>
    public static void Fill(byte* dest, int value, int size)
    {
        if (size > 0)
            Fill(dest, (byte)value, (CosmosAddress)(uint)size);
    }

    /// <summary>Fills <paramref name="count"/> 32-bit words.</summary>
    public static void Fill(uint* dest, uint value, int count)
    {
        for (int i = 0; i < count; i++)
            Unsafe.WriteUnaligned(dest + i, value);
    }

    /// <summary>Fills <paramref name="sizeBytes"/> bytes.</summary>
    public static void Fill(byte* dest, byte value, CosmosAddress sizeBytes)
    {
        ulong pattern = value * EachByte;
        byte* end = dest + sizeBytes;
        for (; (CosmosAddress)(end - dest) >= sizeof(ulong); dest += sizeof(ulong))
            Unsafe.WriteUnaligned(dest, pattern);
        for (; dest < end; dest++)
            *dest = value;
    }

    /// <summary>Copies <paramref name="size"/> bytes between ranges that do not overlap.</summary>
    public static void Copy(byte* dest, byte* src, int size)
    {
        if (size > 0)
            Copy(dest, src, (CosmosAddress)(uint)size);
    }

    /// <summary>Copies <paramref name="sizeBytes"/> bytes between ranges that do not overlap.</summary>
    public static void Copy(byte* dest, byte* src, CosmosAddress sizeBytes)
    {
        byte* end = dest + sizeBytes;
        for (; (CosmosAddress)(end - dest) >= sizeof(ulong); dest += sizeof(ulong), src += sizeof(ulong))
            Unsafe.WriteUnaligned(dest, Unsafe.ReadUnaligned<ulong>(src));
        for (; dest < end; dest++, src++)
            *dest = *src;
    }
}
