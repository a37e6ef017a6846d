namespace MemOS.Memory.Heap;

/// <content>
/// Rounds on their way from the magazines to the depot and the slabs, the lock being held. When two CPUs free one block at the same moment, each
/// may find it Live; it is then in both magazines. Whoever pops it first has it: the other's round is <i>lost</i>, its object not Cached any more,
/// is left out wherever it is met, and counts as the double free that it is.
/// </content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    /// <summary>Gives a magazine's oldest rounds to the depot of who owns their slabs, if it is one for all; or to their slabs where it has enough.</summary>
    private void GiveOldest(Magazine* magazine, uint count)
    {
        HeapFront* owner = FindOwner(magazine->Bottom, count);
        if (owner != null && owner->Depot.TryPut(ref _store, magazine->ClassIndex, magazine->Bottom, count)) DropOldest(magazine, count);
        else ReturnOldest(magazine, count);
    }

    private readonly HeapFront* FindOwner(Magazine.Round* rounds, uint count)
    {
        uint number = _store.Map.Find(rounds[0].Block)->Owner;
        for (uint i = 1; i < count; i++)
        {
            if (_store.Map.Find(rounds[i].Block)->Owner != number) return null;
        }

        HeapFront* front = _fronts;
        while (front->Owner != number) front = front->Next;
        return front;
    }

    private void EmptyMagazine(Magazine* magazine)
    {
        uint count = Magazine.CountOwn(magazine, Words);
        if (count != 0) ReturnOldest(magazine, count);
    }

    private void ReturnOldest(Magazine* magazine, uint count)
    {
        Return(magazine->Bottom, count);
        DropOldest(magazine, count);
    }

    private static void DropOldest(Magazine* magazine, uint count)
    {
        Magazine.Round* rounds = magazine->Bottom;
        uint held = Magazine.CountOwn(magazine, Words);
        for (uint i = count; i < held; i++) rounds[i - count] = rounds[i];
        Magazine.MoveTop(magazine, -(int)count, Words);
    }

    private void DropLostRounds(Magazine* magazine)
    {
        while (Magazine.TopOf(magazine, Words) != magazine->Bottom && !Magazine.IsLoaded(magazine, Words))
        {
            Magazine.MoveTop(magazine, -1, Words);
            Refuse(HeapFreeResult.DoubleFree);
        }
    }

    private void EmptyDepots(uint classIndex)
    {
        for (HeapFront* front = _fronts; front != null; front = front->Next)
        {
            MagazineDepot* depot = &front->Depot;
            for (Magazine.Round* rounds = depot->BundleAt(classIndex, 0, out uint count); rounds != null; rounds = depot->BundleAt(classIndex, 0, out count))
            {
                Return(rounds, count);
                depot->Drop(ref _store, classIndex);
            }
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
        if (!ObjectState.TryFree(round.State, Words))
        {
            Refuse(HeapFreeResult.DoubleFree);
            return;
        }

        Slab* slab = _store.Map.Find(round.Block);
        SlabCache* cache = _store.Cache(slab->ClassIndex);
        cache->CountReturned(slab, slab->IndexAt((nuint)(round.Block - slab->Start)), 1, _store.ListOf(slab));
        if (slab->FreeCount == slab->ObjectCount && cache->EmptySlabs > cache->EmptyMark && IsSettled(slab)) _store.RemoveEmptySlab(slab);
    }

    private void RemoveEmptySlabs()
    {
        for (uint i = 0; i < _store.CacheLimit; i++)
        {
            SlabCache* cache = _store.Cache(i);
            while (cache->EmptySlabs != 0)
            {
                Slab* slab = _store.FindEmpty(i);
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
        return _store.Cache(slab->ClassIndex)->IsStillEmpty(slab, _store.ListOf(slab), Words);
    }

    private static void SetAside(Slab* slab, Magazine.Round* rounds, uint count)
    {
        byte* states = Slab.States(slab);
        for (uint i = 0; i < count; i++)
        {
            byte* state = Magazine.StateOf(rounds + i, Words);
            if (state >= states && state < states + slab->ObjectCount) Words.Write(ref *state, ObjectState.Live);
        }
    }
}
