using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>Slab descriptors of one size, carved from pages that go back to the source with their last descriptor.</summary>
internal unsafe struct DescriptorPool
{
    private uint _slotBytes;
    private Page* _partial;

    /// <summary>The head of a page of descriptors; slots begin at the next multiple of <see cref="HeaderBytes"/>.</summary>
    private struct Page
    {
        internal Page* Next;
        internal Page* Previous;
        internal Slot* Free;
        internal uint UsedCount;
    }

    /// <summary>A free slot.</summary>
    private struct Slot
    {
        internal Slot* Next;
    }

    /// <summary>Pages held.</summary>
    internal nuint PageCount { get; private set; }

    /// <summary>Descriptors in use.</summary>
    internal nuint UsedCount { get; private set; }

    private const uint HeaderBytes = 64;

    internal void Initialize(uint slotBytes)
    {
        _slotBytes = slotBytes;
        _partial = null;
        PageCount = 0;
        UsedCount = 0;
    }

    /// <summary>Takes a descriptor, its content undefined.</summary>
    internal bool TryTake<TPages>(ref TPages pages, out Slab* slab)
        where TPages : struct, IPageSource
    {
        slab = null;
        if (_partial == null && !TryAddPage(ref pages)) return false;
        Page* page = _partial;
        Slot* slot = page->Free;
        page->Free = slot->Next;
        page->UsedCount++;
        UsedCount++;
        if (page->Free == null) Unlink(page);
        slab = (Slab*)slot;
        return true;
    }

    /// <summary>Gives back a descriptor of this pool.</summary>
    internal void Return<TPages>(ref TPages pages, Slab* slab)
        where TPages : struct, IPageSource
    {
        // SAFETY: a descriptor lies in the page whose head describes it.
        Page* page = (Page*)((nuint)slab & ~(nuint)(PageNumber.SizeBytes - 1));
        Slot* slot = (Slot*)slab;
        if (page->Free == null) Link(page);
        slot->Next = page->Free;
        page->Free = slot;
        page->UsedCount--;
        UsedCount--;
        if (page->UsedCount != 0) return;
        Unlink(page);
        PageCount--;
        pages.FreePages(HeapPages.PageOf((byte*)page), 1);
    }

    private bool TryAddPage<TPages>(ref TPages pages)
        where TPages : struct, IPageSource
    {
        if (!pages.TryAllocatePages(1, out PageNumber first)) return false;
        byte* start = HeapPages.AddressOf(first);
        Page* page = (Page*)start;
        page->UsedCount = 0;
        page->Free = null;

        // SAFETY: every slot ends within the page just taken. From the last to the first, so that they are handed out upwards.
        uint slotCount = ((uint)PageNumber.SizeBytes - HeaderBytes) / _slotBytes;
        for (uint i = slotCount; i-- > 0;)
        {
            Slot* slot = (Slot*)(start + HeaderBytes + (i * _slotBytes));
            slot->Next = page->Free;
            page->Free = slot;
        }

        PageCount++;
        Link(page);
        return true;
    }

    private void Link(Page* page)
    {
        page->Previous = null;
        page->Next = _partial;
        if (_partial != null) _partial->Previous = page;
        _partial = page;
    }

    private void Unlink(Page* page)
    {
        if (page->Previous != null) page->Previous->Next = page->Next;
        else _partial = page->Next;
        if (page->Next != null) page->Next->Previous = page->Previous;
    }
}
