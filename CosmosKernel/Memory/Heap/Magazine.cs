using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>A stack of free objects of one class, in front of its slabs, and the counters of this class on this CPU.</summary>
/// <remarks>
/// Its rounds follow it. The head is a line of the processor's cache; its end is a round below the lowest, whose object is not
/// <see cref="ObjectState.Cached"/>: so one comparison tells that the topmost round is one, and that its object is still free. A magazine whose
/// top, bottom and end are the same place is closed: it gives nothing and takes nothing.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = LineBytes)]
internal unsafe struct Magazine
{
    /// <summary>A line of the processor's cache; magazines begin at a multiple of it.</summary>
    internal const int LineBytes = 64;

    /// <summary>The most rounds that a magazine holds: 30 and its head are 576 bytes where a pointer has 64 bits, nine lines.</summary>
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

    /// <summary>The bytes of a magazine with room for <paramref name="capacity"/> rounds: whole lines.</summary>
    internal static uint SizeFor(uint capacity) => ((uint)sizeof(Magazine) + (capacity * (uint)sizeof(Round)) + LineBytes - 1) & ~(uint)(LineBytes - 1);

    /// <summary>Makes a magazine empty, with room for <paramref name="capacity"/> rounds.</summary>
    internal static void Initialize(Magazine* magazine, uint classIndex, uint objectSizeBytes, uint capacity)
    {
        KernelAssert.That(((nuint)magazine & (LineBytes - 1)) == 0, "Magazine: not on a line of its own");
        *magazine = default;
        magazine->Bottom = (Round*)(magazine + 1);
        magazine->Top = magazine->Bottom;
        magazine->End = magazine->Bottom + capacity;
        magazine->ClassIndex = classIndex;
        magazine->ObjectSize = objectSizeBytes;

        // SAFETY: the head ends with room for it. Null begins with a byte that is not Cached.
        Round* lowest = magazine->Bottom - 1;
        lowest->State = (byte*)&lowest->Block;
    }

    /// <summary>How many objects of a size are kept: at most two pages of them, but always two.</summary>
    internal static uint CapacityFor(uint objectSizeBytes)
    {
        uint count = UsualBytes / objectSizeBytes;
        if (count < 2) return 2;
        return count < MostRounds ? count : MostRounds;
    }

    /// <summary>Where the state of the object in the round below <paramref name="top"/> is: <see cref="ObjectState.Cached"/> when it can be had.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* TopState(Round* top) => (top - 1)->State; // SAFETY: there is always a round below.

    /// <summary>Whether the topmost round is an object that can be had.</summary>
    internal static bool IsLoaded(Magazine* magazine) => *TopState(magazine->Top) == ObjectState.Cached;

    /// <summary>Takes the topmost object for a caller who has seen that there is one.</summary>
    internal static byte* Pop(Magazine* magazine, nuint sizeBytes) => Pop(magazine, magazine->Top, TopState(magazine->Top), sizeBytes);

    /// <summary>The same with what the caller has read: top, and state of the object there. <paramref name="sizeBytes"/> bytes were asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Pop(Magazine* magazine, Round* top, byte* state, nuint sizeBytes)
    {
        magazine->Allocations = magazine->Allocations + 1; // So written it is one instruction, as ++ it is two.
        magazine->RequestedBytes = magazine->RequestedBytes + sizeBytes;

        // In this order: who looks from elsewhere sees an object Live before its round is gone, and a round before its object is Cached.
        *state = ObjectState.Live;
        magazine->Top = magazine->Top - 1;
        return (top - 1)->Block; // SAFETY: the magazine is not empty, so there is a round below its top.
    }

    /// <summary>Puts an object on top, where the caller has seen that there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Push(Magazine* magazine, Round* top, byte* block, byte* state)
    {
        // SAFETY: the magazine is not full, so there is room for a round at its top.
        top->Block = block;
        top->State = state;
        magazine->Top = magazine->Top + 1;
        Volatile.Write(ref *state, ObjectState.Cached);
    }
}
