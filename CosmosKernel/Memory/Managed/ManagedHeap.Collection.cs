using System.Runtime.CompilerServices;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <content>The collector: who is reached, and what becomes of who is not.</content>
/// <remarks>
/// <para><b>Theory.</b> Mark and sweep. Nothing moves, so nothing is written but states, and a word that only looks like a reference
/// does no more harm than to keep an object. The three colours (Dijkstra, Lamport et al., CACM 21(11), 1978) are states of slabs: Live is
/// white, Black is reached, Grey is reached with its references not looked at. The grey objects are on the mark stack; one that finds no room
/// there has the state Grey, and the heap is searched for such until there is none. An object without references is black at
/// once. A large array is done in pieces, so what the stack holds grows with the depth of what is reached and not with its width.</para>
/// <para>The caller brings the roots: <see cref="BeginCollection"/>, then any of the Mark methods, then <see cref="FinishCollection"/>. Heap
/// objects are read precisely, by their types; stacks word by word (Boehm, Weiser, SP&amp;E 18(9), 1988): word a stands for the object that
/// a − 8 lies in, which makes a pointer to any byte of an object and the one past its end count for that object.</para>
/// <para>Then, in the runtime's order: strong handles, dependent handles to a fixpoint, weak handles cleared; objects with finalizers that nothing
/// reached become ready and are marked with all they reach, again with dependents; handles that track resurrection and dependents cleared.</para>
/// <para><b>Cost.</b> Some 60 instructions for an object reached and 2 for one that dies; pages of memory looked at once for slabs.</para>
/// </remarks>
public unsafe partial struct ManagedHeap<TPages, TObjects, TLocals, TGuard>
{
    /// <summary>References of an array that are looked at before what they reach is.</summary>
    private const nuint PieceBytes = 4096;

    /// <summary>Bytes taken for new objects since the last collection; grows by runs and large objects.</summary>
    public readonly ulong TakenSinceCollection => _takenSinceCollection;

    /// <summary>From here to <see cref="FinishCollection"/> nobody may allocate, and what the roots hold must not change: the other processors stand still.</summary>
    public void BeginCollection()
    {
        KernelAssert.That(!_lock.IsTaken, "ManagedHeap: a collection while another processor is in the heap");
        RetireRuns();
        _rescans = 0;
        if (default(TObjects).HasRootCounts) MarkCounted();
    }

    /// <summary>Marks the object that <paramref name="reference"/> is the reference of; null and objects outside the heap are fine.</summary>
    public void MarkReference(void* reference)
    {
        Shade((byte*)reference);
        Drain();
    }

    /// <summary>Marks what the words from <paramref name="start"/> up to <paramref name="end"/> may point at, whatever they are.</summary>
    public void MarkWords(void* start, void* end)
    {
        for (nuint* word = (nuint*)start; word < end; word++) MarkWord(*word);
    }

    /// <summary>Marks what the object at <paramref name="reference"/>, which lies outside the heap, refers to.</summary>
    /// <returns>The bytes of that object, its header included, rounded up to words.</returns>
    public nuint MarkFrom(void* reference)
    {
        byte* holder = (byte*)reference;
        ObjectType* type = ObjectType.Of(holder);
        if (ObjectType.RefersToOthers(type))
        {
            Scan(holder, 0);
            Drain();
        }

        return (type->SizeOf(holder) + (nuint)(sizeof(nuint) - 1)) & ~(nuint)(sizeof(nuint) - 1);
    }

    /// <summary>Marks what the handles and the finalizers keep, frees the rest, and forgets the marks.</summary>
    public CollectionResult FinishCollection()
    {
        MarkStrongHandles();
        MarkDependents();
        ClearHandles(HandleKind.Weak);
        FindReady();
        MarkDependents();
        ClearHandles(HandleKind.WeakTrackResurrection);
        ClearHandles(HandleKind.Dependent);
        ulong freedBytes = 0;
        ulong freed = _store.Sweep(ref freedBytes);
        CollectionResult result = new(freed, freedBytes, _takenSinceCollection, _rescans);
        _takenSinceCollection = 0;
        return result;
    }

    /// <summary>Makes the mark stack short, for tests of what happens when it is full.</summary>
    internal void LimitMarkStack(uint entryCount) => _marks.LimitTo(entryCount);

    /// <summary>Whether the object is reached; those outside the heap always are.</summary>
    private readonly bool IsReached(byte* reference) => !SlabStore<TPages>.IsUnreached(*StateOf(reference));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte* StateOf(byte* reference)
    {
        // Intended wrap for null; what is not the heap's has the unknown slab's state, which is Free.
        byte* start = unchecked(reference - ObjectType.HeaderBytes);
        Slab* slab = _store.Map.Find(start);
        return Slab.States(slab) + slab->IndexAt((nuint)(start - slab->Start));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Shade(byte* reference)
    {
        byte* state = StateOf(reference);
        if (*state != ObjectState.Live) return;
        *state = ObjectState.Black;
        bool refersToOthers = !default(TObjects).HasTypes || ObjectType.RefersToOthers(ObjectType.Of(reference));
        if (refersToOthers && !_marks.TryPush(reference, 0)) Postpone(state);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Postpone(byte* state)
    {
        *state = ObjectState.Grey;
        _hasGrey = true;
    }

    private void MarkWord(nuint word)
    {
        ShadeWord(word);
        Drain();
    }

    private void ShadeWord(nuint word)
    {
        byte* address = (byte*)unchecked(word - ObjectType.HeaderBytes);
        Slab* slab = _store.Map.Find(address);
        if (!_store.Map.IsKnown(slab)) return;

        // Behind the last object of a slab is a state that is always Free.
        uint index = slab->IndexAt((nuint)(address - slab->Start));
        if (Slab.States(slab)[index] != ObjectState.Live) return;
        Shade(slab->Start + (index * slab->ObjectSize) + ObjectType.HeaderBytes);
    }

    private void Drain()
    {
        while (_marks.TryPop(out byte* reference, out nuint done)) Scan(reference, done);
    }

    /// <summary>Drains, and does what the stack had no room for.</summary>
    private void Settle()
    {
        Drain();
        while (_hasGrey)
        {
            _hasGrey = false;
            _rescans++;
            nuint cursor = 0;
            Slab* slab;
            while ((slab = _store.Map.NextSlab(ref cursor)) != null) ScanGrey(slab);
        }
    }

    private void ScanGrey(Slab* slab)
    {
        byte* states = Slab.States(slab);
        for (uint i = 0; i < slab->ObjectCount; i++)
        {
            if (states[i] != ObjectState.Grey) continue;
            states[i] = ObjectState.Black;
            Scan(slab->Start + (i * slab->ObjectSize) + ObjectType.HeaderBytes, 0);
            Drain();
        }
    }

    /// <summary>Shades what an object refers to, from <paramref name="done"/> bytes of its references on.</summary>
    private void Scan(byte* reference, nuint done)
    {
        if (!default(TObjects).HasTypes)
        {
            ScanWords(reference, done);
            return;
        }

        ObjectType* type = ObjectType.Of(reference);
        nint* descriptor = (nint*)type - 1;
        nint count = *descriptor;
        nuint size = type->SizeOf(reference);
        if (count < 0)
        {
            ScanStructs(reference, size, descriptor, done);
            return;
        }

        nint* series = descriptor - 2;
        if (count == 1)
        {
            ScanSeries(reference, reference + series[1], (nuint)(series[0] + (nint)size), done);
            return;
        }

        // Several series: never an array, so short.
        for (; count > 0; count--, series -= 2)
        {
            byte** last = (byte**)(reference + series[1] + series[0] + (nint)size);
            for (byte** field = (byte**)(reference + series[1]); field < last; field++) ShadeIfAny(*field);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ScanSeries(byte* reference, byte* start, nuint bytes, nuint done)
    {
        byte** field = (byte**)(start + done);
        byte** end = (byte**)(start + bytes);
        if (bytes - done > PieceBytes)
        {
            end = (byte**)(start + done + PieceBytes);
            PushRest(reference, done + PieceBytes);
        }

        for (; field < end; field++) ShadeIfAny(*field);
    }

    private void ScanStructs(byte* reference, nuint size, nint* descriptor, nuint done)
    {
        byte* start = reference + descriptor[-1];
        byte* place = start + done;
        byte* end = reference + size - ObjectType.HeaderBytes;
        byte* pause = (nuint)(end - place) > PieceBytes ? place + PieceBytes : end;
        nint itemCount = -*descriptor;
        while (place < pause)
        {
            for (nint i = 0; i < itemCount; i++)
            {
                uint* item = (uint*)(descriptor - 2 - i);
                byte** field = (byte**)place;
                byte** last = field + item[0];
                for (; field < last; field++) ShadeIfAny(*field);
                place = (byte*)last + item[1];
            }
        }

        if (place < end) PushRest(reference, (nuint)(place - start));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ShadeIfAny(byte* reference)
    {
        if (reference != null) Shade(reference);
    }

    private void PushRest(byte* reference, nuint done)
    {
        if (_marks.TryPush(reference, done)) return;

        // The stack is empty when an object of the image is scanned, so this one is the heap's and has a state.
        byte* state = StateOf(reference);
        KernelAssert.That((state[0] & ObjectState.Reached) != 0, "ManagedHeap: no room for the rest of an object outside the heap");
        Postpone(state);
    }
}
