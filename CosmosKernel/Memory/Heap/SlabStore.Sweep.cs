using System.Numerics;

namespace MemOS.Memory.Heap;

/// <content>The sweep: what a collection has not reached becomes free.</content>
internal unsafe partial struct SlabStore<TPages>
{
    private const uint StatesPerWord = sizeof(ulong);
    private const int ReachedToLive = 1; // Shifts the bit of Reached to where that of Live is.
    private const ulong LiveBits = 0x0202_0202_0202_0202;

    /// <summary>Takes the colours off all objects; frees those in state Live, but not one whose second eight bytes are still 0.</summary>
    /// <remarks>
    /// They are the object's type: an object without one is being made. Eight states are looked at at once. A
    /// class keeps one empty slab, the lowest. Cost: some 12 instructions for 8 objects, 10 more for an object that dies.
    /// </remarks>
    /// <param name="freedBytes">Grows by the sizes of the objects freed.</param>
    /// <returns>How many objects were freed.</returns>
    internal nuint Sweep(ref ulong freedBytes)
    {
        for (uint i = 0; i < ClassCount; i++) Cache(i)->BeginRelinking(ListOf(0, i));
        nuint freed = 0;
        nuint cursor = 0;
        Slab* slab;
        while ((slab = Map.NextSlab(ref cursor)) != null)
        {
            nuint objectSize = slab->ObjectSize;
            uint count = slab->ClassIndex == SizeClasses.LargeIndex ? SweepLarge(slab) : SweepSlab(slab);
            freed += count;
            freedBytes += count * objectSize;
        }

        return freed;
    }

    /// <summary>Whether a collection has reached the object that the state belongs to, or it is none.</summary>
    internal static bool IsUnreached(byte state) => (state & (ObjectState.Live | ObjectState.Reached)) == ObjectState.Live;

    // Eight bytes behind the header on every machine: the address of the type, or its number and the kind of object.
    private static bool HasType(byte* start) => ((ulong*)start)[1] != 0;

    private uint SweepLarge(Slab* slab)
    {
        byte* state = Slab.States(slab);
        bool isDead = IsUnreached(*state) && HasType(slab->Start);
        *state = ObjectState.Live;
        if (!isDead) return 0;
        RemoveLarge(slab);
        return 1;
    }

    private uint SweepSlab(Slab* slab)
    {
        byte* states = Slab.States(slab);
        uint freed = 0;
        uint first = slab->ObjectCount;
        uint index = 0;

        // SAFETY: states of the slab; whole words of them lie below ObjectCount.
        for (; index + StatesPerWord <= slab->ObjectCount; index += StatesPerWord)
        {
            ulong word = *(ulong*)(states + index);
            ulong live = (word >> ReachedToLive) & LiveBits;
            ulong dead = word & LiveBits & ~live;
            if (dead != 0) live |= SweepWord(slab, index, dead, ref freed, ref first);
            *(ulong*)(states + index) = live;
        }

        for (; index < slab->ObjectCount; index++)
        {
            bool isDead = IsUnreached(states[index]) && HasType(slab->Start + (index * slab->ObjectSize));
            states[index] = isDead ? ObjectState.Free : (byte)(states[index] & ObjectState.Live);
            if (isDead) CountDead(index, ref freed, ref first);
        }

        SlabCache* cache = Cache(slab->ClassIndex);
        cache->Relink(slab, freed, first, ListOf(slab));
        if (slab->FreeCount == slab->ObjectCount && cache->EmptySlabs > cache->EmptyMark) RemoveEmptySlab(slab);
        return freed;
    }

    /// <summary>The objects of a word of states that seem dead, a bit each; returns the bits of those that are being made.</summary>
    private static ulong SweepWord(Slab* slab, uint index, ulong dead, ref uint freed, ref uint first)
    {
        ulong spared = 0;
        for (; dead != 0; dead &= dead - 1)
        {
            uint at = index + ((uint)BitOperations.TrailingZeroCount(dead) / StatesPerWord);
            if (HasType(slab->Start + (at * slab->ObjectSize))) CountDead(at, ref freed, ref first);
            else spared |= dead & ~(dead - 1);
        }

        return spared;
    }

    private static void CountDead(uint index, ref uint freed, ref uint first)
    {
        freed++;
        if (index < first) first = index;
    }
}
