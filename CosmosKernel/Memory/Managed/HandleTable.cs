using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <summary>The handles, in pages that stay.</summary>
internal unsafe struct HandleTable
{
    private Page* _pages;
    private Handle* _free;

    /// <summary>The head of a page, which handles follow; as long as one.</summary>
    private struct Page
    {
        internal Page* Next;
    }

    /// <summary>Pages held.</summary>
    internal nuint PageCount { get; private set; }

    /// <summary>Handles handed out.</summary>
    internal nuint Count { get; private set; }

    private static uint HandlesPerPage => ((uint)PageNumber.SizeBytes / (uint)sizeof(Handle)) - 1;

    /// <summary>Whether <see cref="Take"/> needs a page first.</summary>
    internal readonly bool IsFull => _free == null;

    /// <summary>Adds a page of free handles.</summary>
    internal void AddPage(byte* start)
    {
        Page* page = (Page*)start;
        page->Next = _pages;
        _pages = page;
        PageCount++;

        // SAFETY: the handles end with the page.
        for (uint i = HandlesPerPage; i > 0; i--) PutBack((Handle*)start + i);
    }

    /// <summary>Takes a free handle; there is one.</summary>
    internal Handle* Take(HandleKind kind, byte* target, byte* secondary)
    {
        Handle* handle = _free;
        _free = handle->NextFree;
        Count++;
        handle->Kind = kind;
        handle->Target = target;
        handle->Secondary = secondary;
        return handle;
    }

    /// <summary>Takes a handle back.</summary>
    internal void Return(Handle* handle)
    {
        Count--;
        PutBack(handle);
    }

    /// <summary>The next handle, free ones included; null at the end. Begins with a null cursor.</summary>
    internal readonly Handle* Next(ref Handle* cursor)
    {
        if (cursor == null)
        {
            if (_pages == null) return null;
            return cursor = (Handle*)_pages + 1;
        }

        Handle* page = (Handle*)((nuint)cursor & ~(nuint)(PageNumber.SizeBytes - 1));
        if (cursor - page < HandlesPerPage) return ++cursor;
        Page* next = ((Page*)page)->Next;
        return next == null ? null : cursor = (Handle*)next + 1;
    }

    private void PutBack(Handle* handle)
    {
        *handle = default;
        handle->Kind = HandleKind.Free;
        handle->NextFree = _free;
        _free = handle;
    }
}
