using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <summary>The objects whose finalizers have not run: those registered, and among them those that nothing else reaches any more ("ready").</summary>
/// <remarks>
/// Words in pages that hang on each other, full but for the last: an object's reference with the lowest bit set when it is ready, or 0
/// for one that was taken. Becoming ready needs no memory, so a collection cannot fail for it.
/// </remarks>
internal unsafe struct FinalizerList
{
    private const nuint ReadyBit = 1;

    private Page* _first;
    private Page* _last;
    private Page* _cursor;
    private uint _cursorIndex;

    private struct Page
    {
        internal Page* Next;
        internal nuint Count;
    }

    /// <summary>Pages held.</summary>
    internal nuint PageCount { get; private set; }

    /// <summary>Objects that are ready.</summary>
    internal nuint ReadyCount { get; private set; }

    /// <summary>Whether <see cref="Add"/> needs a page first.</summary>
    internal readonly bool IsFull => _last == null || _last->Count == EntriesPerPage;

    private static uint EntriesPerPage => ((uint)PageNumber.SizeBytes - (uint)sizeof(Page)) / (uint)sizeof(nuint);

    /// <summary>Adds room.</summary>
    internal void AddPage(byte* start)
    {
        Page* page = (Page*)start;
        *page = default;
        PageCount++;
        if (_last == null) _first = page;
        else _last->Next = page;
        _last = page;
    }

    /// <summary>Registers an object; there is room.</summary>
    internal void Add(byte* reference) => Entries(_last)[_last->Count++] = (nuint)reference;

    /// <summary>Takes an object whose finalizer is to run now; null when none is ready. In the order in which they were registered.</summary>
    internal byte* TakeReady()
    {
        if (ReadyCount == 0) return null;
        if (_cursor == null) _cursor = _first;
        while (true)
        {
            if (_cursorIndex == _cursor->Count)
            {
                _cursor = _cursor->Next;
                _cursorIndex = 0;
                continue;
            }

            nuint* entry = Entries(_cursor) + _cursorIndex++;
            if ((*entry & ReadyBit) == 0) continue;
            byte* reference = (byte*)(*entry & ~ReadyBit);
            *entry = 0;
            ReadyCount--;
            return reference;
        }
    }

    /// <summary>Begins a walk over what is registered or ready.</summary>
    internal void Rewind()
    {
        _cursor = _first;
        _cursorIndex = 0;
    }

    /// <summary>The next object of the walk; null at the end.</summary>
    internal byte* Next(out bool isReady)
    {
        isReady = false;
        while (_cursor != null)
        {
            if (_cursorIndex == _cursor->Count)
            {
                _cursor = _cursor->Next;
                _cursorIndex = 0;
                continue;
            }

            nuint entry = Entries(_cursor)[_cursorIndex++];
            if (entry == 0) continue;
            isReady = (entry & ReadyBit) != 0;
            return (byte*)(entry & ~ReadyBit);
        }

        return null;
    }

    /// <summary>Makes the object that <see cref="Next"/> gave last ready.</summary>
    internal void MakeReady()
    {
        Entries(_cursor)[_cursorIndex - 1] |= ReadyBit;
        ReadyCount++;
    }

    /// <summary>Forgets the object that <see cref="Next"/> gave last.</summary>
    internal readonly void Drop() => Entries(_cursor)[_cursorIndex - 1] = 0;

    /// <summary>Moves the entries together; what it returns is a chain of pages of which <see cref="TakeSpare"/> takes one off.</summary>
    internal void* Compact()
    {
        Page* target = _first;
        uint filled = 0;
        for (Page* page = _first; page != null; page = page->Next)
        {
            for (uint i = 0; i < page->Count; i++)
            {
                nuint entry = Entries(page)[i];
                if (entry == 0) continue;
                if (filled == EntriesPerPage)
                {
                    target = target->Next;
                    filled = 0;
                }

                Entries(target)[filled++] = entry;
            }
        }

        Rewind();
        return target == null ? null : CloseAt(target, filled);
    }

    /// <summary>The first page of the chain, taken off; null at its end.</summary>
    internal byte* TakeSpare(ref void* chain)
    {
        Page* page = (Page*)chain;
        if (page == null) return null;
        chain = page->Next;
        PageCount--;
        return (byte*)page;
    }

    private static nuint* Entries(Page* page) => (nuint*)(page + 1);

    private Page* CloseAt(Page* last, uint filled)
    {
        for (Page* page = _first; page != last; page = page->Next) page->Count = EntriesPerPage;
        Page* spare = last->Next;
        last->Count = filled;
        last->Next = null;
        _last = last;
        return spare;
    }
}
