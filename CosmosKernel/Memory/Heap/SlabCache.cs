using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>The slabs of one size class: their shape and their counts.</summary>
/// <remarks>Those with free objects are in a list of their owner's, the last one that got one first: see SlabStore.</remarks>
internal unsafe struct SlabCache
{
    internal uint ObjectSize;
    internal uint ObjectCount;
    internal uint PageCount;
    internal uint Reciprocal;
    internal uint ClassIndex;

    /// <summary>The descriptor pool whose slots hold this class's states.</summary>
    internal uint PoolIndex;

    /// <summary>All slabs of the class.</summary>
    internal nuint SlabCount;

    /// <summary>Objects that are free in their slabs.</summary>
    internal nuint FreeObjects;

    /// <summary>Slabs whose objects are all free; kept for the next refill.</summary>
    internal nuint EmptySlabs;

    /// <summary>How often the layer in front was filled from here.</summary>
    internal ulong Refills;

    /// <summary>Empty slabs that are kept; one that is more goes back to the page source.</summary>
    internal nuint EmptyMark;

    /// <summary>Runs once on each object of a new slab; null for none.</summary>
    internal delegate*<void*, void> Constructor;

    // The next slab's first object lies so many bytes behind its page's start; from slab to slab a step more, as far as the tail goes.
    private uint _colour;
    private Slab* _lastLinked;
    private uint _colourStep;
    private uint _lastColour;
    private fixed byte _name[NameBytes];

    /// <summary>Room for a name and the 0 behind it.</summary>
    internal const int NameBytes = 24;

    private const uint CacheLineBytes = 64;

    /// <summary>Whether this describes a class or cache at all.</summary>
    internal readonly bool IsUsed => ObjectSize != 0;

    internal void Initialize(uint classIndex, uint objectSize, SlabGeometry geometry, uint poolIndex)
    {
        this = default;
        ClassIndex = classIndex;
        ObjectSize = objectSize;
        ObjectCount = geometry.ObjectCount;
        PageCount = geometry.PageCount;
        Reciprocal = Slab.ReciprocalOf(objectSize);
        PoolIndex = poolIndex;
        EmptyMark = 1;
    }

    /// <summary>Lets slabs begin at different places of their first page, so that their first objects share no lines of a processor's cache.</summary>
    /// <remarks>Bonwick, "The Slab Allocator" (USENIX 1994), section 4. A step keeps the objects' alignment; the last place leaves the last object room.</remarks>
    internal void Colour()
    {
        uint alignment = ObjectSize & (~ObjectSize + 1);
        _colourStep = alignment > CacheLineBytes ? alignment : CacheLineBytes;
        uint tailBytes = (PageCount << PageNumber.Shift) - (ObjectCount * ObjectSize);

        // An address before the first object must not pass for one: Slab.ReciprocalOf. The page of the first one is the slab's first.
        KernelAssert.That(tailBytes + 1 < ObjectSize, "SlabCache: the tail has room for an object");
        _lastColour = tailBytes < PageNumber.SizeBytes ? tailBytes : (uint)PageNumber.SizeBytes - 1;
    }

    /// <summary>Keeps the beginning of a name, in ASCII.</summary>
    internal void SetName(string name)
    {
        int length = name.Length < NameBytes ? name.Length : NameBytes - 1;
        for (int i = 0; i < length; i++) _name[i] = (byte)name[i];
        _name[length] = 0;
    }

    /// <summary>A character of the name; 0 at its end.</summary>
    internal readonly byte NameAt(int index) => _name[index];

    /// <summary>Makes the descriptor of a new slab at <paramref name="start"/>, all objects free, and puts it into its owner's list.</summary>
    internal void AddSlab(Slab* slab, byte* start, byte owner, Slab** list)
    {
        slab->Start = start + _colour;
        _colour = _colour + _colourStep <= _lastColour ? _colour + _colourStep : 0;
        slab->ObjectSize = ObjectSize;
        slab->Reciprocal = Reciprocal;
        slab->ClassIndex = ClassIndex;
        slab->ObjectCount = ObjectCount;
        slab->FreeCount = ObjectCount;
        slab->FirstFreeHint = 0;
        slab->PoolIndex = (byte)PoolIndex;
        slab->Owner = owner;
        slab->PageCount = PageCount;
        slab->Checksum = Slab.ChecksumOf(slab);

        // SAFETY: the pool's slots hold the header and the states, the one for the tail included, and end with a word.
        byte* states = Slab.States(slab);
        for (uint i = 0; i <= ObjectCount; i += sizeof(ulong)) *(ulong*)(states + i) = ObjectState.Free;
        if (Constructor != null)
        {
            for (uint i = 0; i < ObjectCount; i++) Constructor(slab->Start + (i * ObjectSize));
        }

        SlabCount++;
        EmptySlabs++;
        FreeObjects += ObjectCount;
        Link(slab, list);
    }

    /// <summary>Forgets an empty slab.</summary>
    internal void RemoveEmptySlab(Slab* slab, Slab** list)
    {
        if (slab == _lastLinked) _lastLinked = slab->Previous;
        Unlink(slab, list);
        SlabCount--;
        EmptySlabs--;
        FreeObjects -= ObjectCount;
    }

    /// <summary>Counts <paramref name="count"/> free objects of <paramref name="slab"/> as taken; the caller has set their states.</summary>
    internal void CountTaken(Slab* slab, uint count, Slab** list)
    {
        if (slab->FreeCount == ObjectCount) EmptySlabs--;
        slab->FreeCount -= count;
        FreeObjects -= count;
        if (slab->FreeCount == 0) Unlink(slab, list);
    }

    /// <summary>Counts <paramref name="count"/> objects from <paramref name="index"/> on as free; the caller has set their states.</summary>
    internal void CountReturned(Slab* slab, uint index, uint count, Slab** list)
    {
        if (slab->FreeCount == 0) Link(slab, list);
        if (index < slab->FirstFreeHint) slab->FirstFreeHint = index;
        slab->FreeCount += count;
        FreeObjects += count;
        if (slab->FreeCount == ObjectCount) EmptySlabs++;
    }

    /// <summary>Counts the free objects of a slab of which all were free; whether they still are.</summary>
    internal bool IsStillEmpty<TWords>(Slab* slab, Slab** list, TWords words)
        where TWords : struct, ISharedWords
    {
        byte* states = Slab.States(slab);
        uint free = 0;
        for (uint i = 0; i < ObjectCount; i++) free += words.Read(ref states[i]) == ObjectState.Free ? 1U : 0U;
        if (free == ObjectCount) return true;
        CountTaken(slab, ObjectCount - free, list);
        return false;
    }

    /// <summary>The first empty slab of a list; null when there is none. Cost: the length of the list.</summary>
    internal readonly Slab* FindEmpty(Slab* slab)
    {
        while (slab != null && slab->FreeCount != ObjectCount) slab = slab->Next;
        return slab;
    }

    /// <summary>Whether a list holds slabs of this class and owner with free objects, linked both ways, at most <paramref name="most"/>; their counts are added.</summary>
    internal readonly bool IsListConsistent(Slab* first, byte owner, nuint most, ref nuint listed, ref nuint free, ref nuint empty)
    {
        Slab* previous = null;
        for (Slab* slab = first; slab != null; slab = slab->Next)
        {
            if (slab->Previous != previous || slab->FreeCount == 0 || slab->ClassIndex != ClassIndex || slab->Owner != owner || listed == most) return false;
            listed++;
            free += slab->FreeCount;
            if (slab->FreeCount == ObjectCount) empty++;
            previous = slab;
        }

        return true;
    }

    /// <summary>Forgets the list, which a sweep makes anew: by address, so that what is allocated next fills the lowest slabs and the highest become empty.</summary>
    internal void BeginRelinking(Slab** list)
    {
        *list = null;
        _lastLinked = null;
    }

    /// <summary>Counts <paramref name="freed"/> more free objects of a slab, the first of them at an index, and puts it at the list's end if it has any.</summary>
    internal void Relink(Slab* slab, uint freed, uint firstFreed, Slab** list)
    {
        if (firstFreed < slab->FirstFreeHint) slab->FirstFreeHint = firstFreed;
        slab->FreeCount += freed;
        FreeObjects += freed;
        if (slab->FreeCount == 0) return;
        if (freed != 0 && slab->FreeCount == ObjectCount) EmptySlabs++;
        slab->Next = null;
        slab->Previous = _lastLinked;
        if (_lastLinked == null) *list = slab;
        else _lastLinked->Next = slab;
        _lastLinked = slab;
    }

    /// <summary>Puts a slab before the others of a list.</summary>
    internal static void Link(Slab* slab, Slab** list)
    {
        slab->Previous = null;
        slab->Next = *list;
        if (*list != null) (*list)->Previous = slab;
        *list = slab;
    }

    /// <summary>Takes a slab out of its list.</summary>
    internal static void Unlink(Slab* slab, Slab** list)
    {
        if (slab->Previous != null) slab->Previous->Next = slab->Next;
        else *list = slab->Next;
        if (slab->Next != null) slab->Next->Previous = slab->Previous;
    }
}
