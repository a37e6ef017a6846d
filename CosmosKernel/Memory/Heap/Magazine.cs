using System.Runtime.CompilerServices;

namespace MemOS.Memory.Heap;

/// <summary>A stack of free objects of one class, in front of its slabs, and the counters of this class on this CPU.</summary>
/// <remarks>Room for <see cref="MostRounds"/> rounds follows. A large block's magazine has capacity 0, which leads to the slow path.</remarks>
internal unsafe struct Magazine
{
    /// <summary>Rounds that there is room for; with them a magazine takes 512 bytes where a pointer has 64 bits.</summary>
    internal const uint MostRounds = 30;

    internal uint Count;
    internal uint Capacity;

    /// <summary>Blocks handed out since the start.</summary>
    internal ulong Allocations;

    /// <summary>Bytes asked for since the start.</summary>
    internal ulong RequestedBytes;

    /// <summary>How often it was filled from the slabs.</summary>
    internal ulong Refills;

    /// <summary>An object, and where its state is.</summary>
    internal struct Round
    {
        internal byte* Block;
        internal byte* State;
    }

    /// <summary>Bytes from one magazine to the next.</summary>
    internal static uint StrideBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)sizeof(Magazine) + (MostRounds * (uint)sizeof(Round));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Round* Rounds(Magazine* magazine) => (Round*)(magazine + 1);

    /// <summary>How many objects of a size are kept: at most a page of them, but always two.</summary>
    internal static uint CapacityFor(uint objectSizeBytes)
    {
        uint count = 8192 / objectSizeBytes;
        if (count < 2) return 2;
        return count < MostRounds ? count : MostRounds;
    }
}
