using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>The records of a heap's blocks, found by the block's address: a hash table with chains that doubles as it fills.</summary>
internal unsafe struct BlockRecords
{
    internal const nuint FirstPages = 1;

    // 2^64 divided by the golden ratio (Knuth, TAOCP 3, 6.4): neighbouring blocks spread over all buckets.
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
    private const int PageShift = PageNumber.Shift;

    private BlockRecord** _buckets;
    private int _bucketBits;
    private nuint _bucketPages;
    private DescriptorPool _pool;

    /// <summary>Records that there are.</summary>
    internal readonly nuint Count => _pool.UsedCount;

    /// <summary>Pages of records and buckets.</summary>
    internal readonly nuint PageCount => _pool.PageCount + _bucketPages;

    internal readonly nuint BucketCount => (nuint)1 << _bucketBits;

    /// <summary>Begins with <see cref="FirstPages"/> pages to keep.</summary>
    internal void Initialize(byte* buckets)
    {
        _pool.Initialize((uint)sizeof(BlockRecord));
        SetBuckets(buckets, FirstPages);
    }

    /// <summary>A record for the block at <paramref name="inner"/>, which has none; false when there is no memory.</summary>
    internal bool TryAdd<TPages>(ref SlabStore<TPages> store, byte* inner, out BlockRecord* record)
        where TPages : struct, IPageSource
    {
        record = null;
        if (Count >= 2 * BucketCount) Grow(ref store);
        if (!store.TryTakeSlot(ref _pool, out void* slot)) return false;
        record = (BlockRecord*)slot;
        *record = default;
        record->Inner = inner;
        Link(record);
        return true;
    }

    /// <summary>The record of the block at <paramref name="inner"/>; null when it has none.</summary>
    internal readonly BlockRecord* Find(byte* inner)
    {
        BlockRecord* record = _buckets[BucketOf(inner)];
        while (record != null && record->Inner != inner) record = record->Next;
        return record;
    }

    internal void Remove<TPages>(ref SlabStore<TPages> store, BlockRecord* record)
        where TPages : struct, IPageSource
    {
        BlockRecord** link = _buckets + BucketOf(record->Inner);
        while (*link != record) link = &(*link)->Next;
        *link = record->Next;
        store.ReturnSlot(ref _pool, record);
    }

    /// <summary>The first record of a bucket.</summary>
    internal readonly BlockRecord* First(nuint bucket) => _buckets[bucket];

    private readonly nuint BucketOf(byte* inner) => (nuint)(unchecked((ulong)(nuint)inner * Multiplier) >> (64 - _bucketBits));

    private void SetBuckets(byte* buckets, nuint pages)
    {
        _buckets = (BlockRecord**)buckets;
        _bucketPages = pages;
        nuint count = (pages << PageShift) / (nuint)sizeof(void*);
        _bucketBits = 0;
        while ((nuint)1 << (_bucketBits + 1) <= count) _bucketBits++;
        for (nuint i = 0; i < BucketCount; i++) _buckets[i] = null;
    }

    private readonly void Link(BlockRecord* record)
    {
        BlockRecord** bucket = _buckets + BucketOf(record->Inner);
        record->Next = *bucket;
        *bucket = record;
    }

    // Without memory for more buckets the chains grow longer, no more.
    private void Grow<TPages>(ref SlabStore<TPages> store)
        where TPages : struct, IPageSource
    {
        BlockRecord** old = _buckets;
        nuint oldCount = BucketCount;
        nuint oldPages = _bucketPages;
        if (!store.TryTakeTablePages(2 * oldPages, out byte* buckets)) return;
        SetBuckets(buckets, 2 * oldPages);
        for (nuint i = 0; i < oldCount; i++)
        {
            for (BlockRecord* record = old[i]; record != null;)
            {
                BlockRecord* next = record->Next;
                Link(record);
                record = next;
            }
        }

        store.ReturnTablePages((byte*)old, oldPages);
    }
}
