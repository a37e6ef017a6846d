using System.Runtime.CompilerServices;

namespace MemOS.Memory.Heap;

/// <summary>The descriptor of a run of pages: a slab of equal objects, or a single large block. The states of its objects follow it.</summary>
/// <remarks>
/// It lies apart from the objects, so that a write past a block's end cannot damage it and objects of a power of two are
/// aligned to their size.
/// </remarks>
internal unsafe struct Slab
{
    /// <summary>The first object; for the descriptor that stands for "not ours", null.</summary>
    internal byte* Start;

    /// <summary>The size of an object; of a large block the bytes of its pages.</summary>
    internal nuint ObjectSize;

    /// <summary>2^32 / <see cref="ObjectSize"/>, rounded up: turns an offset into an index. 0 for a large block, whose index is always 0.</summary>
    internal uint Reciprocal;

    /// <summary>The class, or <see cref="SizeClasses.LargeIndex"/>.</summary>
    internal uint ClassIndex;

    internal uint ObjectCount;

    /// <summary>Objects whose state is <see cref="ObjectState.Free"/>.</summary>
    internal uint FreeCount;

    /// <summary>No object below this index is free.</summary>
    internal uint FirstFreeHint;

    /// <summary>The index in the descriptor pools, for giving the descriptor back.</summary>
    internal byte PoolIndex;

    /// <summary>Whose list it is in while it has free objects: SlabStore.</summary>
    internal byte Owner;

    /// <summary>The checksum of what stays the same while the run is the heap's: <see cref="ChecksumOf"/>.</summary>
    internal ushort Checksum;

    internal nuint PageCount;

    internal Slab* Next;

    internal Slab* Previous;

    /// <summary>Whether it describes a run of pages as a whole: a large block, or an extent of a policy's.</summary>
    internal static bool IsRun(Slab* slab) => slab->ClassIndex is SizeClasses.LargeIndex or SizeClasses.ExtentIndex;

    /// <summary>The states of the objects, one byte each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* States(Slab* slab) => (byte*)(slab + 1);

    /// <summary>A checksum of the descriptor's place and of all that does not change from block to block; never 0.</summary>
    internal static ushort ChecksumOf(Slab* slab)
    {
        // Each word moves the bits of those before it; the halves of the sum fold into one.
        ulong sum = (ulong)(nuint)slab;
        sum = Mix(sum, (ulong)(nuint)slab->Start);
        sum = Mix(sum, slab->ObjectSize);
        sum = Mix(sum, ((ulong)slab->Reciprocal << 32) | slab->ClassIndex);
        sum = Mix(sum, ((ulong)slab->ObjectCount << 32) | slab->PoolIndex);
        sum = Mix(sum, slab->PageCount);
        ushort folded = (ushort)(sum >> 48);
        return folded == 0 ? (ushort)1 : folded;
    }

    private static ulong Mix(ulong sum, ulong word) => unchecked((sum ^ word) * 0x9E37_79B9_7F4A_7C15);

    /// <summary>2^32 / <paramref name="objectSize"/>, rounded up.</summary>
    /// <remarks>
    /// Exact for slabs: with r·s = 2^32 + e and e &lt; s, (offset·r) >> 32 is the quotient while offset·e &lt; 2^32, and here
    /// offset &lt; 2^17 and e &lt; 2^14. The low half of the product is offset/s·e + remainder·r modulo 2^32: below r exactly where the remainder
    /// is 0. An offset of -d, before a first object that is not at its page's start, gives 2^32 - d·r there, not below r while d &lt; s - 1.
    /// </remarks>
    internal static uint ReciprocalOf(uint objectSize) => (uint)(((1UL << 32) + objectSize - 1) / objectSize);

    /// <summary>The index of the object that the byte at <paramref name="offset"/> lies in; one too high in the tail of the slab.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly uint IndexAt(nuint offset) => (uint)(((ulong)offset * Reciprocal) >> 32);
}
