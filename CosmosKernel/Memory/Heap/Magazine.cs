using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>A stack of free objects of one class, in front of its slabs, and the counters of this class on this CPU.</summary>
/// <remarks>
/// Its rounds follow it. The head is a line of the processor's cache; its end is a round below the lowest, whose object is not
/// <see cref="ObjectState.Cached"/>: so one comparison tells that the topmost round is one, and that its object is still free. A magazine whose
/// top, bottom and end are the same place is closed: it gives nothing and takes nothing.
/// <para>Only its CPU writes its top and its rounds, but others, who hold the heap's lock, look for rounds of a slab that has become empty. An
/// object's state anybody may write who has the object.</para>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = LineBytes)]
internal unsafe struct Magazine
{
    /// <summary>A line of the processor's cache; magazines begin at a multiple of it.</summary>
    internal const int LineBytes = 64;

    /// <summary>The most rounds that a magazine holds: 30 and its head are 576 bytes where a pointer has 64 bits, nine lines.</summary>
    internal const uint MostRounds = 30;

    private const uint UsualBytes = 8192;

    /// <summary>Where the next round goes: behind the topmost one. First: see TopWord.</summary>
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

    /// <summary>How many rounds a magazine holds; also for other CPUs than its own.</summary>
    internal static uint Count<TWords>(Magazine* magazine, TWords words)
        where TWords : struct, ISharedWords => (uint)((Round*)words.Read(ref TopWord(magazine)) - magazine->Bottom);

    /// <summary>How many rounds a magazine holds, for its CPU.</summary>
    internal static uint CountOwn<TWords>(Magazine* magazine, TWords words)
        where TWords : struct, ISharedWords => (uint)(TopOf(magazine, words) - magazine->Bottom);

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

    /// <summary>Where the next round goes, for the magazine's CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Round* TopOf<TWords>(Magazine* magazine, TWords words)
        where TWords : struct, ISharedWords => (Round*)words.ReadOwn(ref TopWord(magazine));

    /// <summary>Moves the top so many rounds up; what lies below it then is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void MoveTop<TWords>(Magazine* magazine, int rounds, TWords words)
        where TWords : struct, ISharedWords => words.AddOwn(ref TopWord(magazine), rounds * sizeof(Round));

    /// <summary>Where the state of the object in the round below <paramref name="top"/> is: <see cref="ObjectState.Cached"/> when it can be had.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* TopState<TWords>(Round* top, TWords words)
        where TWords : struct, ISharedWords => (byte*)words.ReadOwn(ref StateWord(top - 1)); // SAFETY: there is always a round below.

    /// <summary>Whether the topmost round is an object that can be had.</summary>
    internal static bool IsLoaded<TWords>(Magazine* magazine, TWords words)
        where TWords : struct, ISharedWords => words.Read(ref *TopState(TopOf(magazine, words), words)) == ObjectState.Cached;

    /// <summary>Takes the topmost object for a caller who has seen that there is one.</summary>
    internal static byte* Pop<TWords>(Magazine* magazine, nuint sizeBytes, TWords words)
        where TWords : struct, ISharedWords
    {
        Round* top = TopOf(magazine, words);
        return Pop(magazine, top, TopState(top, words), sizeBytes, words);
    }

    /// <summary>The same with what the caller has read: top, and state of the object there. <paramref name="sizeBytes"/> bytes were asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Pop<TWords>(Magazine* magazine, Round* top, byte* state, nuint sizeBytes, TWords words)
        where TWords : struct, ISharedWords
    {
        magazine->Allocations = magazine->Allocations + 1; // So written it is one instruction, as ++ it is two.
        magazine->RequestedBytes = magazine->RequestedBytes + sizeBytes;

        // In this order: who looks from elsewhere sees an object Live before its round is gone, and a round before its object is Cached.
        words.Write(ref *state, ObjectState.Live);
        MoveTop(magazine, -1, words);
        return (byte*)words.ReadOwn(ref BlockWord(top - 1)); // SAFETY: the magazine is not empty, so there is a round below its top.
    }

    /// <summary>Puts an object on top, where the caller has seen that there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Push<TWords>(Magazine* magazine, Round* top, byte* block, byte* state, TWords words)
        where TWords : struct, ISharedWords
    {
        // SAFETY: the magazine is not full, so there is room for a round at its top.
        Put(top, block, state, words);
        MoveTop(magazine, 1, words);
        words.Write(ref *state, ObjectState.Cached);
    }

    /// <summary>Writes a round of the running CPU's magazine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Put<TWords>(Round* round, byte* block, byte* state, TWords words)
        where TWords : struct, ISharedWords
    {
        words.Write(ref BlockWord(round), (nuint)block);
        words.Write(ref StateWord(round), (nuint)state);
    }

    /// <summary>Where the state of a round's object is; also for other CPUs than the magazine's.</summary>
    internal static byte* StateOf<TWords>(Round* round, TWords words)
        where TWords : struct, ISharedWords => (byte*)words.Read(ref StateWord(round));

    // By offset: compilers look at the structure for null when a field's address is taken.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref nuint TopWord(Magazine* magazine) => ref *(nuint*)magazine;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref nuint BlockWord(Round* round) => ref *(nuint*)round;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref nuint StateWord(Round* round) => ref ((nuint*)round)[1];
}
