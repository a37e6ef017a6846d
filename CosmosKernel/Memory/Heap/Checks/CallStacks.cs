namespace MemOS.Memory.Heap;

/// <summary>Keeps each call stack once. They stay for good: a kernel has some hundreds of ways to its heap, not millions.</summary>
internal unsafe struct CallStacks
{
    internal const uint BucketCount = 512;

    private CallStack.Entry** _buckets;
    private DescriptorPool _pool;

    /// <summary>Stacks that are kept.</summary>
    internal readonly nuint Count => _pool.UsedCount;

    /// <summary>Pages of the stacks, the buckets not counted.</summary>
    internal readonly nuint PageCount => _pool.PageCount;

    /// <summary>Begins with <see cref="BucketCount"/> words to keep.</summary>
    internal void Initialize(byte* buckets)
    {
        _buckets = (CallStack.Entry**)buckets;
        for (uint i = 0; i < BucketCount; i++) _buckets[i] = null;
        _pool.Initialize((uint)sizeof(CallStack.Entry));
    }

    /// <summary>The kept form of a stack; the empty one when there is no memory.</summary>
    internal CallStack Keep<TPages>(ref SlabStore<TPages> store, nuint* frames, uint count)
        where TPages : struct, IPageSource
    {
        if (count == 0) return default;
        if (count > CallStack.MostFrames) count = CallStack.MostFrames;
        uint hash = HashOf(frames, count);
        CallStack.Entry** bucket = _buckets + (hash % BucketCount);
        for (CallStack.Entry* known = *bucket; known != null; known = known->Next)
        {
            if (known->Hash == hash && IsSame(known, frames, count)) return new CallStack(known);
        }

        if (!store.TryTakeSlot(ref _pool, out void* slot)) return default;
        CallStack.Entry* entry = (CallStack.Entry*)slot;
        entry->Next = *bucket;
        entry->Hash = hash;
        entry->Count = count;
        for (uint i = 0; i < count; i++) entry->Frames[i] = frames[i];
        *bucket = entry;
        return new CallStack(entry);
    }

    // FNV-1a over the addresses' words.
    private static uint HashOf(nuint* frames, uint count)
    {
        uint hash = 2166136261;
        for (uint i = 0; i < count; i++)
        {
            hash = unchecked((hash ^ (uint)frames[i]) * 16777619);
            hash = unchecked((hash ^ (uint)((ulong)frames[i] >> 32)) * 16777619);
        }

        return hash;
    }

    private static bool IsSame(CallStack.Entry* entry, nuint* frames, uint count)
    {
        if (entry->Count != count) return false;
        for (uint i = 0; i < count; i++)
        {
            if (entry->Frames[i] != frames[i]) return false;
        }

        return true;
    }
}
