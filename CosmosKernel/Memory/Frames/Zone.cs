using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>A band of a node's memory with its own allocator, marks and counters.</summary>
/// <remarks>
/// Of its free frames some are ready, in the allocator; some are in the CPU's cache; the rest is pending: free, but in sections whose
/// descriptors nobody has written yet. <see cref="ZoneSet"/> makes them ready, a section at a time, when they are wanted.
/// </remarks>
public unsafe struct Zone
{
    /// <summary>No zone, where a zone's number may stand.</summary>
    internal const byte None = FrameDescriptor.NoZone;

    private readonly PerCpuCache* _cache;
    private readonly PerCpuCache* _largeCache;
    private readonly void* _allocator;
    private FrameAllocatorKind _calls;
    private Watermarks _marks;
    private ulong _readyFrames;
    private ulong _served;
    private bool _isObserved;

    internal Zone(in NodeZone place, in ZoneFrames frames, in FrameAllocatorKind calls, void* allocator, PerCpuCache* cache, PerCpuCache* largeCache)
    {
        _cache = cache;
        _largeCache = largeCache;
        *cache = new PerCpuCache(frames.Number, frames.Origin, Order.Zero); // SAFETY, both: the caller gives room for it.
        *largeCache = new PerCpuCache(frames.Number, frames.Origin, Order.TwoMiB);
        _calls = calls;
        _allocator = allocator;
        Node = place.Node;
        Kind = place.Kind;
        Span = place.Span;
        PresentFrames = place.PresentFrames;
        _marks = default;
        _readyFrames = 0;
        _served = 0;
        _isObserved = false;
        PendingFrames = 0;
        ManagedFrames = 0;
        ServedOthers = 0;
        Failed = 0;
        Below = None;
        Ready = place.Span.Start;
    }

    /// <summary>The node whose memory it is.</summary>
    public NodeId Node { get; }

    /// <summary>What the zone is for.</summary>
    public ZoneKind Kind { get; }

    /// <summary>From the first frame of RAM to the last, holes and other nodes' frames included.</summary>
    public FrameRange Span { get; }

    /// <summary>The frames of RAM.</summary>
    public ulong PresentFrames { get; }

    /// <summary>The frames of RAM that are handed out; the others are reserved.</summary>
    public ulong ManagedFrames { get; private set; }

    /// <summary>The frames that are free: ready, pending and in caches.</summary>
    public readonly ulong FreeFrames => Available + CachedFrames;

    /// <summary>The free frames that the CPUs' caches have.</summary>
    public readonly ulong CachedFrames => _cache->Frames + _largeCache->Frames;

    /// <summary>The free frames whose descriptors are not written yet.</summary>
    public ulong PendingFrames { get; private set; }

    /// <summary>What stays free for whom.</summary>
    public readonly Watermarks Marks => _marks;

    /// <summary>How many requests were served from here.</summary>
    public readonly ulong Served => _served + _cache->Served + _largeCache->Served;

    /// <summary>How many of them were for another node.</summary>
    public ulong ServedOthers { get; private set; }

    /// <summary>How many requests for this zone could not be served from anywhere.</summary>
    public ulong Failed { get; private set; }

    /// <summary>What serves it.</summary>
    internal readonly FrameAllocatorKind Calls => _calls;

    /// <summary>Whether single frames are kept at hand.</summary>
    internal readonly bool IsCacheOpen => _cache->Capacity != 0;

    /// <summary>The number of the next zone down of the same node, <see cref="None"/> below the lowest.</summary>
    internal byte Below { get; set; }

    /// <summary>The sections below this frame have nothing pending for the zone.</summary>
    internal FrameNumber Ready { get; set; }

    /// <summary>What is free but not in a cache.</summary>
    private readonly ulong Available => _readyFrames + PendingFrames;

    /// <summary>The number of free blocks of exactly this order; frames that are cached or pending are in none. O(frames / 64) at worst.</summary>
    public readonly ulong FreeBlocks(Order order) => _calls.FreeBlocks(_allocator, order);

    /// <summary>Checks the allocator's and the cache's invariants and the zone's own counts; null when they hold.</summary>
    internal readonly string? Validate(in FrameTable table)
    {
        string? broken = _calls.Validate(_allocator) ?? _cache->Validate(in table) ?? _largeCache->Validate(in table);
        if (broken != null) return broken;
        return _readyFrames == _calls.FreeFrames(_allocator) ? null : "I4: a zone's ready frames are those that its allocator has free";
    }

    /// <summary>Counts frames that will be ready when they are wanted.</summary>
    internal void AddPending(ulong frameCount)
    {
        PendingFrames += frameCount;
        ManagedFrames += frameCount;
    }

    /// <summary>Makes pending frames ready, whose descriptors are written now.</summary>
    internal void Prepare(FrameRange frames)
    {
        KernelAssert.That(frames.Count <= PendingFrames && _calls.TryAdopt(_allocator, frames), "Zone: frames are not pending");
        PendingFrames -= frames.Count;
        _readyFrames += frames.Count;
    }

    /// <summary>Takes reserved frames, whose descriptors are written, into management.</summary>
    internal bool TryAdopt(FrameRange frames)
    {
        if (!_calls.TryAdopt(_allocator, frames)) return false;
        ManagedFrames += frames.Count;
        _readyFrames += frames.Count;
        SetMarks();
        return true;
    }

    /// <summary>Makes free frames, whose descriptors are written, reserved ones; the caches are drained.</summary>
    internal bool TryWithdraw(FrameRange frames)
    {
        if (!_calls.TryWithdraw(_allocator, frames)) return false;
        ManagedFrames -= frames.Count;
        _readyFrames -= frames.Count;
        SetMarks();
        return true;
    }

    /// <summary>Sets the marks by what the zone manages now.</summary>
    internal void SetMarks()
    {
        CloseCache();
        _marks = Watermarks.For(ManagedFrames);
        OpenCache();
    }

    /// <summary>Gives what the caches have back to the allocator, where it counts against the marks and becomes large blocks.</summary>
    internal void Drain()
    {
        while (_cache->Count != 0) TakeBack(_cache);
        if (_largeCache->Count != 0) TakeBack(_largeCache);
    }

    /// <summary>Keeps the zone's free frames out of caches: it goes below its low mark, and each frame is counted now.</summary>
    internal void CloseCache()
    {
        Drain();
        _cache->Close();
        _largeCache->Close();
    }

    /// <summary>Has every allocation and free go through <paramref name="calls"/>; caches would answer some themselves, so they stay closed.</summary>
    internal void BeginObserving(in FrameAllocatorKind calls)
    {
        CloseCache();
        _calls = calls;
        _isObserved = true;
    }

    /// <summary>Gives the zone its own calls back.</summary>
    internal void EndObserving(in FrameAllocatorKind calls)
    {
        _calls = calls;
        _isObserved = false;
        OpenCache();
    }

    /// <summary>Lets frames into a closed cache when the zone is well again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void OpenCache()
    {
        if (_cache->Capacity != 0 || Available < _marks.High || _isObserved) return;
        _cache->Open(ManagedFrames);
        _largeCache->Open(ManagedFrames);
    }

    /// <summary>Loads the cache, whose loaded stack is empty, with frames that are ready; false when there are none, or the zone would go below its low mark.</summary>
    internal bool TryFillCache()
    {
        if (_cache->TryLoadSpare()) return true;
        if (Available <= _marks.Low) return false;
        ulong spare = Available - _marks.Low;
        uint wanted = spare < _cache->Capacity ? (uint)spare : _cache->Capacity;
        uint loaded = _calls.Fill(_allocator, _cache, wanted);
        _readyFrames -= loaded;
        return loaded != 0;
    }

    /// <summary>Sees to it that the cache's loaded stack has room; false when the zone is short and wants its frames itself.</summary>
    /// <param name="isRemote">The CPU's own requests go to another node: what it frees here goes back as soon as a batch is full.</param>
    internal bool TryMakeRoom(bool isRemote)
    {
        if (_cache->Capacity == 0) return false;
        if (_cache->HasRoom) return true;
        if (isRemote)
        {
            Drain();
            return true;
        }

        if (_cache->TryStoreSpare()) return true;
        TakeBack(_cache);
        return _cache->TryStoreSpare();
    }

    /// <summary>Whether so many frames more can go and <paramref name="kept"/> stay.</summary>
    internal readonly bool CanSpare(ulong frameCount, ulong kept) => frameCount <= Available && Available - frameCount >= kept;

    /// <summary>Allocates a block of frames that are ready, when at least <paramref name="kept"/> frames stay free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAllocate(Order order, FrameOwner owner, ulong kept, out FrameNumber frame)
    {
        frame = default;
        if (Available < kept + order.FrameCount) return false;
        FrameNumber found;
        if (!_calls.TryAllocate(_allocator, order, owner, &found)) return false;
        frame = found;
        _readyFrames -= order.FrameCount;
        _served++;
        return true;
    }

    /// <summary>Allocates a run of frames that are ready, when at least <paramref name="kept"/> frames stay free.</summary>
    internal bool TryAllocateRun(in RunRequest run, ulong kept, out FrameRange frames)
    {
        frames = default;
        if (!CanSpare(run.FrameCount, kept)) return false;
        RunRequest wanted = run;
        FrameRange found;
        if (!_calls.TryAllocateRun(_allocator, &wanted, &found)) return false;
        frames = found;
        _readyFrames -= frames.Count;
        _served++;
        return true;
    }

    /// <summary>Allocates these frames, when at least <paramref name="kept"/> frames stay free; false when one is not free and ready.</summary>
    internal bool TryAllocateAt(FrameRange frames, FrameOwner owner, ulong kept)
    {
        if (!CanSpare(frames.Count, kept) || !_calls.TryAllocateAt(_allocator, frames, owner)) return false;
        _readyFrames -= frames.Count;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FreeResult Free(FrameDescriptor* block, FrameNumber frame, Order order)
    {
        FreeResult result = _calls.Free(_allocator, block, frame, order);
        if (result == FreeResult.Ok) _readyFrames += order.FrameCount;
        return result;
    }

    internal readonly FreeResult CheckRun(FrameRange frames) => _calls.CheckRun(_allocator, frames);

    internal readonly bool IsFree(FrameNumber frame) => _calls.IsFree(_allocator, frame);

    internal void CountOthers() => ServedOthers++;

    internal void CountFailure() => Failed++;

    /// <summary>Gives a stack of a cache back to the allocator.</summary>
    private void TakeBack(PerCpuCache* cache)
    {
        FrameDescriptor* stack = cache->TakeStack(out uint count);
        _calls.TakeBack(_allocator, stack);
        _readyFrames += (ulong)count << cache->Order.Value;
    }
}
