using System.Runtime.CompilerServices;

namespace MemOS.Memory.Heap;

/// <summary>A stack of free objects of one class, in front of its slabs, and the counters of this class on this CPU.</summary>
/// <remarks>Its rounds follow it. One whose top, bottom and end are the same place is closed: it gives nothing and takes nothing.</remarks>
internal unsafe struct Magazine
{
    /// <summary>The most rounds that a magazine holds: 30 and its head are 528 bytes where a pointer has 64 bits.</summary>
    internal const uint MostRounds = 30;

    private const uint UsualBytes = 8192;

    /// <summary>Where the next round goes: behind the topmost one.</summary>
    internal Round* Top;

    /// <summary>Where <see cref="Top"/> is when the magazine is empty.</summary>
    internal Round* Bottom;

    /// <summary>Where <see cref="Top"/> is when the magazine is full.</summary>
    internal Round* End;

    /// <summary>Blocks handed out since the start.</summary>
    internal ulong Allocations;

    /// <summary>Bytes asked for since the start.</summary>
    internal ulong RequestedBytes;

    internal uint ClassIndex;

    /// <summary>The size of its objects; 0 when it is closed.</summary>
    internal uint ObjectSize;

    /// <summary>An object, and where its state is.</summary>
    internal struct Round
    {
        internal byte* Block;
        internal byte* State;
    }

    /// <summary>How many rounds a magazine holds.</summary>
    internal static uint Count(Magazine* magazine) => (uint)(magazine->Top - magazine->Bottom);

    /// <summary>How many rounds a magazine has room for.</summary>
    internal static uint Capacity(Magazine* magazine) => (uint)(magazine->End - magazine->Bottom);

    /// <summary>The bytes of a magazine with room for <paramref name="capacity"/> rounds.</summary>
    internal static uint SizeFor(uint capacity) => (uint)sizeof(Magazine) + (capacity * (uint)sizeof(Round));

    /// <summary>Makes a magazine empty, with room for <paramref name="capacity"/> rounds.</summary>
    internal static void Initialize(Magazine* magazine, uint classIndex, uint objectSizeBytes, uint capacity)
    {
        *magazine = default;
        magazine->Bottom = (Round*)(magazine + 1);
        magazine->Top = magazine->Bottom;
        magazine->End = magazine->Bottom + capacity;
        magazine->ClassIndex = classIndex;
        magazine->ObjectSize = objectSizeBytes;
    }

    /// <summary>How many objects of a size are kept: at most two pages of them, but always two.</summary>
    internal static uint CapacityFor(uint objectSizeBytes)
    {
        uint count = UsualBytes / objectSizeBytes;
        if (count < 2) return 2;
        return count < MostRounds ? count : MostRounds;
    }

    /// <summary>Takes the topmost object for a caller who asked for <paramref name="sizeBytes"/> bytes and has seen that there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Pop(Magazine* magazine, Round* top, nuint sizeBytes)
    {
        // SAFETY: the magazine is not empty, so there is a round below its top.
        Round* round = top - 1;
        magazine->Top = round;
        magazine->Allocations = magazine->Allocations + 1; // So written it is one instruction, as ++ it is two.
        magazine->RequestedBytes = magazine->RequestedBytes + sizeBytes;
        *round->State = ObjectState.Live;
        return round->Block;
    }

    /// <summary>Puts an object on top, where the caller has seen that there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Push(Magazine* magazine, Round* top, byte* block, byte* state)
    {
        // SAFETY: the magazine is not full, so there is room for a round at its top.
        top->Block = block;
        top->State = state;
        *state = ObjectState.Cached;
        magazine->Top = top + 1;
    }
}
