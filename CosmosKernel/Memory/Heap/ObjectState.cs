using MemOS.Collections;

namespace MemOS.Memory.Heap;

/// <summary>The states of an object of a slab, a byte each: constants, because the fast paths store them through pointers.</summary>
internal static class ObjectState
{
    /// <summary>In its slab.</summary>
    internal const byte Free = 0;

    /// <summary>In a magazine: neither the slab's nor a caller's.</summary>
    internal const byte Cached = 1;

    /// <summary>A caller's.</summary>
    internal const byte Live = 2;

    /// <summary>Only during a collection: Live, and reached. The bit that tells it from Live is <see cref="Reached"/>.</summary>
    internal const byte Black = Live | Reached;

    /// <summary>Only during a collection: reached, but what it refers to still has to be looked at.</summary>
    internal const byte Grey = Black | Pending;

    /// <summary>The bit of everything that a collection has reached.</summary>
    internal const byte Reached = 4;

    /// <summary>Makes a Cached object Free; false when it is not Cached, also when another CPU pops it at this moment.</summary>
    internal static unsafe bool TryFree<TWords>(byte* state, TWords words)
        where TWords : struct, ISharedWords
    {
        // SAFETY: the aligned word that the byte lies in: states begin at a multiple of 8 and end with whole words. There is no exchange of a byte in .NET 6.
        ref int word = ref *(int*)((nuint)state & ~(nuint)(sizeof(int) - 1));
        int shift = (int)((nuint)state & (sizeof(int) - 1)) * 8;
        while (true)
        {
            int seen = words.Read(ref word);
            if ((byte)(seen >> shift) != Cached) return false;
            if (words.CompareExchange(ref word, seen & ~(byte.MaxValue << shift), seen) == seen) return true;
        }
    }

    /// <summary>The bit of <see cref="Grey"/>.</summary>
    internal const byte Pending = 8;
}
