using System.Runtime.CompilerServices;

namespace MemOS.Memory.Heap;

/// <summary>A stack of free objects of one class, in front of its slabs, and the counters of this class on this CPU.</summary>
/// <remarks>Room for <see cref="MostRounds"/> rounds follows. A large block's magazine has capacity 0, which leads to the slow path.</remarks>
internal unsafe struct Magazine
{
    /// <summary>Rounds that there is room for; with them a magazine takes 512 bytes where a pointer has 64 bits.</summary>
    internal const uint MostRounds = 30;

    /// <summary>Where the next round goes: behind the topmost one.</summary>
    internal Round* Top;

    /// <summary>Where <see cref="Top"/> is when the magazine is full.</summary>
    internal Round* End;

    /// <summary>Blocks handed out since the start.</summary>
    internal ulong Allocations;

    /// <summary>Bytes asked for since the start.</summary>
    internal ulong RequestedBytes;

    /// <summary>An object, and where its state is.</summary>
    internal struct Round
    {
        internal byte* Block;
        internal byte* State;
    }

    /// <summary>How many rounds a magazine holds.</summary>
    internal static uint Count(Magazine* magazine) => (uint)(magazine->Top - Rounds(magazine));

    /// <summary>How many rounds a magazine has room for.</summary>
    internal static uint Capacity(Magazine* magazine) => (uint)(magazine->End - Rounds(magazine));

    /// <summary>Makes a magazine empty, with room for <paramref name="capacity"/> rounds.</summary>
    internal static void Initialize(Magazine* magazine, uint capacity)
    {
        *magazine = default;
        magazine->Top = Rounds(magazine);
        magazine->End = magazine->Top + capacity;
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
