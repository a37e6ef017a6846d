using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <summary>Objects that a collection has reached and not looked into yet: a stack of fixed size, made before there is anything to collect.</summary>
internal unsafe struct MarkStack
{
    private const nuint FewestPages = 4;
    private const nuint MostPages = 64;
    private const nuint HeapPagesPerPage = 2048;

    private Entry* _bottom;
    private Entry* _next;
    private Entry* _end;

    private struct Entry
    {
        internal byte* Reference;
        internal nuint Done;
    }

    /// <summary>The pages that it takes for a heap in a window of so many: 16 KiB to 256 KiB, a page for each 8 MiB.</summary>
    internal static nuint PagesFor(ulong windowPages)
    {
        nuint pages = (nuint)windowPages / HeapPagesPerPage;
        return pages < FewestPages ? FewestPages : pages > MostPages ? MostPages : pages;
    }

    /// <summary>Makes it of pages.</summary>
    internal void Initialize(byte* storage, nuint pageCount) => Initialize(storage, (uint)((pageCount << PageNumber.Shift) / (nuint)sizeof(Entry)));

    /// <summary>Makes it shorter, for tests of what happens when it is full.</summary>
    internal void LimitTo(uint entryCount) => Initialize((byte*)_bottom, entryCount);

    /// <summary>Puts an object on it of which so many bytes of references are done; false when it is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPush(byte* reference, nuint done)
    {
        Entry* entry = _next;
        if (entry == _end) return false;
        entry->Reference = reference;
        entry->Done = done;
        _next = entry + 1;
        return true;
    }

    /// <summary>Takes the last one; false when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPop(out byte* reference, out nuint done)
    {
        Entry* entry = _next - 1;
        if (entry < _bottom)
        {
            reference = null;
            done = 0;
            return false;
        }

        _next = entry;
        reference = entry->Reference;
        done = entry->Done;
        return true;
    }

    private void Initialize(byte* storage, uint entryCount)
    {
        _bottom = (Entry*)storage;
        _next = _bottom;
        _end = _bottom + entryCount;
    }
}
