namespace MemOS.Memory.Heap;

/// <content>
/// Rounds on their way from the magazines to the depot and the slabs, the lock being held. When two CPUs free one block at the same moment, each
/// may find it Live; it is then in both magazines. Whoever pops it first has it: the other's round is <i>lost</i>, its object not Cached any more,
/// is left out wherever it is met, and counts as the double free that it is.
/// </content>
public unsafe partial struct KernelHeap<TPages, TProcessor>
{
    /// <summary>Gives a magazine's oldest rounds to the depot, or to the slabs where it has enough.</summary>
    private void GiveOldest(Magazine* magazine, uint count)
    {
        if (_depot.TryPut(ref _store, magazine->ClassIndex, magazine->Bottom, count)) DropOldest(magazine, count);
        else ReturnOldest(magazine, count);
    }

    private void EmptyMagazine(Magazine* magazine) => ReturnOldest(magazine, Magazine.Count(magazine));

    private void ReturnOldest(Magazine* magazine, uint count)
    {
        Return(magazine->Bottom, count);
        DropOldest(magazine, count);
    }

    private static void DropOldest(Magazine* magazine, uint count)
    {
        Magazine.Round* rounds = magazine->Bottom;
        uint held = Magazine.Count(magazine);
        for (uint i = count; i < held; i++) rounds[i - count] = rounds[i];
        magazine->Top -= count;
    }

    private void DropLostRounds(Magazine* magazine)
    {
        while (magazine->Top != magazine->Bottom && !Magazine.IsLoaded(magazine))
        {
            magazine->Top--;
            Refuse(HeapFreeResult.DoubleFree);
        }
    }

    private void EmptyDepot(uint classIndex)
    {
        for (Magazine.Round* rounds = _depot.BundleAt(classIndex, 0, out uint count); rounds != null; rounds = _depot.BundleAt(classIndex, 0, out count))
        {
            Return(rounds, count);
            _depot.Drop(ref _store, classIndex);
        }
    }

    private void Return(Magazine.Round* rounds, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            Magazine.Round round = rounds[i];
            rounds[i] = default; // Who looks for rounds of an empty slab does not find this one.
            Return(round);
        }
    }

    /// <summary>Puts an object back into its slab.</summary>
    private void Return(Magazine.Round round)
    {
        if (!ObjectState.TryFree(round.State))
        {
            Refuse(HeapFreeResult.DoubleFree);
            return;
        }

        Slab* slab = _store.Map.Find(round.Block);
        SlabCache* cache = _store.Cache(slab->ClassIndex);
        cache->CountReturned(slab, slab->IndexAt((nuint)(round.Block - slab->Start)), 1);
        if (slab->FreeCount == slab->ObjectCount && cache->EmptySlabs > cache->EmptyMark && IsSettled(slab)) _store.RemoveEmptySlab(slab);
    }

    private void RemoveEmptySlabs()
    {
        for (uint i = 0; i < _store.CacheLimit; i++)
        {
            SlabCache* cache = _store.Cache(i);
            while (cache->EmptySlabs != 0)
            {
                Slab* slab = cache->FindEmpty();
                if (IsSettled(slab)) _store.RemoveEmptySlab(slab);
            }
        }
    }

    /// <summary>Whether no magazine and no bundle has a round of an empty slab.</summary>
    /// <remarks>
    /// One that has is lost: its object stays Live for good, and so its slab the heap's, for the CPU that has the round may be about to pop it. Who pops makes
    /// the object Live before the round is gone, and who frees has the round before the object is Cached: so looking at the magazines
    /// first and at the states then misses neither. Cost with several CPUs: the rounds that there are of the class.
    /// </remarks>
    private readonly bool IsSettled(Slab* slab)
    {
        if (_fronts->Next == null) return true;
        RoundCursor cursor = new(_fronts);
        while (TryNextRounds(ref cursor, slab->ClassIndex, out Magazine.Round* rounds, out uint count)) SetAside(slab, rounds, count);
        return _store.Cache(slab->ClassIndex)->IsStillEmpty(slab);
    }

    private static void SetAside(Slab* slab, Magazine.Round* rounds, uint count)
    {
        byte* states = Slab.States(slab);
        for (uint i = 0; i < count; i++)
        {
            byte* state = rounds[i].State;
            if (state >= states && state < states + slab->ObjectCount) *state = ObjectState.Live;
        }
    }
}
