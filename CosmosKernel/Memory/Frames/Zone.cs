using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>A band of physical memory with its own frames, marks and counters.</summary>
public unsafe struct Zone
{
    private readonly PerCpuCache* _cache;
    private BuddyAllocator _frames;
    private Watermarks _marks;
    private ulong _served;

    internal Zone(ZoneKind kind, FrameRange span, ulong presentFrames, in BuddyAllocator frames, PerCpuCache* cache)
    {
        _cache = cache;
        *cache = new PerCpuCache(frames.Zone, frames.Origin); // SAFETY: the caller gives room for it.
        Kind = kind;
        Span = span;
        PresentFrames = presentFrames;
        _frames = frames;
        _marks = default;
        Fallback = default;
        _served = 0;
        Failed = 0;
    }

    /// <summary>What the zone is for.</summary>
    public ZoneKind Kind { get; }

    /// <summary>From the first frame of RAM to the last, holes included.</summary>
    public FrameRange Span { get; }

    /// <summary>The frames of RAM.</summary>
    public ulong PresentFrames { get; }

    /// <summary>The frames of RAM that are handed out; the others are reserved.</summary>
    public readonly ulong ManagedFrames => _frames.ManagedFrames;

    /// <summary>The frames that are free, those in caches included.</summary>
    public readonly ulong FreeFrames => _frames.FreeFrames + _cache->Count;

    /// <summary>The free frames that the CPUs' caches have.</summary>
    public readonly ulong CachedFrames => _cache->Count;

    /// <summary>What stays free for whom.</summary>
    public readonly Watermarks Marks => _marks;

    /// <summary>The zones to try for a request for this one, this one first.</summary>
    public ZoneOrder Fallback { get; internal set; }

    /// <summary>How many requests were served from here.</summary>
    public readonly ulong Served => _served + _cache->Served;

    /// <summary>How many requests for this zone could not be served from anywhere.</summary>
    public ulong Failed { get; private set; }

    /// <summary>The number of free blocks of exactly this order; cached frames are in none.</summary>
    public readonly uint FreeBlocks(Order order) => _frames.FreeBlocks(order);

    /// <summary>Checks the allocator's invariants; null when they hold.</summary>
    public readonly string? Validate() => _frames.Validate();

    /// <summary>Checks the cache's invariants; null when they hold.</summary>
    internal readonly string? ValidateCache(in FrameTable table) => _cache->Validate(in table);

    internal bool TryAdopt(FrameRange frames) => _frames.TryAdopt(frames);

    /// <summary>Sets the marks by what the zone manages now.</summary>
    internal void SetMarks()
    {
        Drain();
        _cache->Close();
        _marks = Watermarks.For(_frames.ManagedFrames);
        OpenCache();
    }

    /// <summary>Gives what the caches have back to the allocator, where it counts against the marks and becomes large blocks.</summary>
    internal void Drain()
    {
        while (_cache->Count != 0) _frames.TakeBack(_cache->TakeStack());
    }

    /// <summary>Keeps the zone's free frames out of caches: it goes below its low mark, and each frame is counted now.</summary>
    internal void CloseCache()
    {
        Drain();
        _cache->Close();
    }

    /// <summary>Lets frames into a closed cache when the zone is well again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void OpenCache()
    {
        if (_cache->Capacity == 0 && _frames.FreeFrames >= _marks.High) _cache->Open(_frames.ManagedFrames);
    }

    /// <summary>Loads the cache, whose loaded stack is empty; false when the zone would go below its low mark.</summary>
    internal bool TryFillCache()
    {
        if (_cache->TryLoadSpare()) return true;
        ulong free = _frames.FreeFrames;
        if (free <= _marks.Low) return false;
        ulong spare = free - _marks.Low;
        uint wanted = spare < _cache->Capacity ? (uint)spare : _cache->Capacity;
        _frames.Fill(ref *_cache, wanted);
        return wanted != 0;
    }

    /// <summary>Sees to it that the cache's loaded stack has room; false when the zone is short and wants its frames itself.</summary>
    internal bool TryMakeRoom()
    {
        if (_cache->Capacity == 0) return false;
        if (_cache->HasRoom || _cache->TryStoreSpare()) return true;
        _frames.TakeBack(_cache->TakeStack());
        return _cache->TryStoreSpare();
    }

    /// <summary>Allocates a block when at least <paramref name="kept"/> frames stay free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAllocate(Order order, FrameOwner owner, ulong kept, out FrameNumber frame)
    {
        if (_frames.FreeFrames >= kept + order.FrameCount && _frames.TryAllocate(order, owner, out frame))
        {
            _served++;
            return true;
        }

        frame = default;
        return false;
    }

    /// <summary>Allocates a run when at least <paramref name="kept"/> frames stay free.</summary>
    internal bool TryAllocateRun(ulong frameCount, FrameOwner owner, ulong kept, out FrameRange frames)
    {
        if (frameCount <= _frames.FreeFrames && _frames.FreeFrames - frameCount >= kept &&
            _frames.TryAllocateRun(frameCount, owner, out frames))
        {
            _served++;
            return true;
        }

        frames = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FreeResult Free(FrameDescriptor* block, FrameNumber frame, Order order) => _frames.Free(block, frame, order);

    internal readonly FreeResult CheckRun(FrameRange frames) => _frames.CheckRun(frames);

    internal void CountFailure() => Failed++;
}
