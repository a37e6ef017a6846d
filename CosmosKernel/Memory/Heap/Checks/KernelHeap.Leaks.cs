using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>
/// The live blocks one by one, and which of them nothing reaches: a block is reached when a word of a root, or of a block that is reached,
/// points into it. Anything that looks like such a pointer is taken for one: what is listed as leaked is leaked, some that are may not be.
/// </content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    /// <summary>The next live block; false behind the last one, and for a heap that does not track.</summary>
    /// <remarks>What is allocated or freed between two calls may be left out, or be told twice. Cost: the length of a chain.</remarks>
    public bool TryNextBlock(ref HeapCursor cursor, out TrackedBlock block)
    {
        block = default;
        if (_guard == null) return false;
        bool wereOn = Enter();
        BlockRecord* record = NextLive(ref cursor);
        if (record != null) block = record->Describe();
        Leave(wereOn);
        return record != null;
    }

    private readonly BlockRecord* NextLive(ref HeapCursor cursor)
    {
        for (; cursor.Bucket < _guard->Records.BucketCount; cursor.Bucket++, cursor.Position = 0)
        {
            BlockRecord* record = _guard->Records.First(cursor.Bucket);
            for (nuint i = 0; i < cursor.Position && record != null; i++) record = record->Next;
            for (; record != null; record = record->Next)
            {
                cursor.Position++;
                if (record->IsLive) return record;
            }
        }

        return null;
    }

    /// <summary>Begins a search: no block is reached.</summary>
    public void BeginLeakSearch()
    {
        KernelAssert.That(_guard != null, "KernelHeap: only a heap that tracks can tell leaks");
        bool wereOn = Enter();
        for (nuint bucket = 0; bucket < _guard->Records.BucketCount; bucket++)
        {
            for (BlockRecord* record = _guard->Records.First(bucket); record != null; record = record->Next) record->IsReached = false;
        }

        Leave(wereOn);
    }

    /// <summary>Takes the words of [<paramref name="start"/>, <paramref name="end"/>) for pointers and marks what they reach.</summary>
    /// <remarks>Every page between must be readable. Cost: a look-up a word, and one a word of each block that is newly reached.</remarks>
    public void AddLeakRoot(void* start, void* end)
    {
        bool wereOn = Enter();
        MarkFrom((nuint*)start, (nuint*)end);
        while (_guard->ToScan != null)
        {
            BlockRecord* record = _guard->ToScan;
            _guard->ToScan = record->Queued;
            record->Queued = null;
            MarkFrom((nuint*)record->User, (nuint*)(record->User + record->UserBytes));
        }

        Leave(wereOn);
    }

    private readonly void MarkFrom(nuint* word, nuint* end)
    {
        // SAFETY: whole words within the range.
        for (; word + 1 <= end; word++)
        {
            BlockRecord* record = FindRecord((byte*)*word);
            if (record == null || !record->IsLive || record->IsReached) continue;
            if (unchecked((nuint)((byte*)*word - record->User)) >= record->UserBytes) continue;
            record->IsReached = true;
            record->Queued = _guard->ToScan;
            _guard->ToScan = record;
        }
    }
}
