using System.Runtime.InteropServices;
using System.Threading;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>A band of a node's memory with its own allocator, marks, counters and lock.</summary>
/// <remarks>
/// Of its free frames some are ready, in the allocator; some are in the processors' caches; the rest is pending: free, but in sections whose
/// descriptors nobody has written yet. <see cref="ZoneSet"/> makes them ready, a section at a time, when they are wanted.
/// <para>
/// Locking. Each operation takes the zone's lock and no other, and leaves it before it returns. What is read without it is read alone, for
/// statistics, or for a guess that the operation itself checks. The words that operations write begin with the lock, on a line of their own.
/// </para>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
public unsafe partial struct Zone
{
    /// <summary>No zone, where a zone's number may stand.</summary>
    internal const byte None = FrameDescriptor.NoZone;

    /// <summary>The line of the processor's cache, counted from the start of the zone, that operations write to.</summary>
    internal const ulong FirstWrittenLine = 4;

    // Whole lines; and what the fields before leave of one.
    private const int SizeBytes = 384;
    private const int GapWords = 4;

    private readonly void* _allocator;
    private readonly ulong _origin;
    private readonly ulong _presentFrames;
    private readonly FrameRange _span;
    private readonly NodeId _node;
    private readonly ZoneKind _kind;
    private readonly byte _number;
    private FrameAllocatorKind _calls;
    private Watermarks _marks;
    private PerCpuCache* _caches;
    private PerCpuCache* _largeCaches;
    private uint _processorCount;
    private bool _isOpen;
    private bool _isObserved;
    private fixed ulong _gap[GapWords];

    private TicketLock _lock;
    private ulong _readyFrames;
    private ulong _pendingFrames;
    private ulong _managedFrames;
    private ulong _served;
    private ulong _servedOthers;
    private ulong _failed;

    internal Zone(in NodeZone place, in ZoneFrames frames, in FrameAllocatorKind calls, void* allocator)
    {
        this = default;
        _lock = new TicketLock(LockRank.Zone);
        _calls = calls;
        _allocator = allocator;
        _origin = frames.Origin;
        _number = frames.Number;
        _node = place.Node;
        _kind = place.Kind;
        _span = place.Span;
        _presentFrames = place.PresentFrames;
        Below = None;
        Ready = place.Span.Start;
    }

    /// <summary>The node whose memory it is.</summary>
    public readonly NodeId Node => _node;

    /// <summary>What the zone is for.</summary>
    public readonly ZoneKind Kind => _kind;

    /// <summary>From the first frame of RAM to the last, holes and other nodes' frames included.</summary>
    public readonly FrameRange Span => _span;

    /// <summary>The frames of RAM.</summary>
    public readonly ulong PresentFrames => _presentFrames;

    /// <summary>The frames of RAM that are handed out; the others are reserved.</summary>
    public readonly ulong ManagedFrames => _managedFrames;

    /// <summary>The frames that are free: ready, pending and in caches.</summary>
    public readonly ulong FreeFrames => Available + CachedFrames;

    /// <summary>The free frames that the processors' caches have.</summary>
    public readonly ulong CachedFrames
    {
        get
        {
            ulong cached = 0;
            for (PerCpuCache* cache = _caches; cache != null; cache = cache->Next) cached += cache->Frames;
            for (PerCpuCache* cache = _largeCaches; cache != null; cache = cache->Next) cached += cache->Frames;
            return cached;
        }
    }

    /// <summary>The free frames whose descriptors are not written yet.</summary>
    public readonly ulong PendingFrames => _pendingFrames;

    /// <summary>What stays free for whom.</summary>
    public readonly Watermarks Marks => _marks;

    /// <summary>How many requests were served from here.</summary>
    public readonly ulong Served
    {
        get
        {
            ulong served = _served;
            for (PerCpuCache* cache = _caches; cache != null; cache = cache->Next) served += cache->Served;
            for (PerCpuCache* cache = _largeCaches; cache != null; cache = cache->Next) served += cache->Served;
            return served;
        }
    }

    /// <summary>How many of them were for another node.</summary>
    public readonly ulong ServedOthers => _servedOthers;

    /// <summary>How many requests for this zone could not be served from anywhere.</summary>
    public readonly ulong Failed => _failed;

    /// <summary>How often its lock was taken, and waited for.</summary>
    public readonly LockStatistics LockStatistics => _lock.Statistics;

    /// <summary>Its number.</summary>
    internal readonly byte Number => _number;

    /// <summary>What serves it.</summary>
    internal readonly FrameAllocatorKind Calls => _calls;

    /// <summary>The number of the next zone down of the same node, <see cref="None"/> below the lowest.</summary>
    internal byte Below { get; set; }

    /// <summary>The sections below this frame have nothing pending for the zone; who makes sections ready moves it.</summary>
    internal FrameNumber Ready { get; set; }

    /// <summary>What is free but not in a cache.</summary>
    private readonly ulong Available => _readyFrames + _pendingFrames;

    /// <summary>The number of free blocks of exactly this order; frames that are cached or pending are in none. O(frames / 64) at worst.</summary>
    /// <remarks>Counted without the lock, which nobody should wait for so long: beside other processors' work a count is near the truth.</remarks>
    public readonly ulong FreeBlocks(Order order) => _calls.FreeBlocks(_allocator, order);

    /// <summary>Whether so many frames more can go and <paramref name="kept"/> stay.</summary>
    internal readonly bool CanSpare(ulong frameCount, ulong kept) => frameCount <= Available && Available - frameCount >= kept;

    /// <summary>Whether <paramref name="frames"/> are a row of allocated blocks, and if not, why.</summary>
    internal readonly FreeResult CheckRun(FrameRange frames) => _calls.CheckRun(_allocator, frames);

    /// <summary>Checks the allocator's and the caches' invariants and the zone's own counts; null when they hold. Nobody else works with the zone.</summary>
    internal readonly string? Validate(in FrameTable table)
    {
        string? broken = _calls.Validate(_allocator) ?? Validate(in table, _caches) ?? Validate(in table, _largeCaches);
        if (broken != null) return broken;
        return _readyFrames == _calls.FreeFrames(_allocator) ? null : "I4: a zone's ready frames are those that its allocator has free";
    }

    /// <summary>Counts frames that will be ready when they are wanted.</summary>
    internal void AddPending(ulong frameCount)
    {
        _pendingFrames += frameCount;
        _managedFrames += frameCount;
    }

    internal void CountOthers() => Interlocked.Increment(ref _servedOthers);

    internal void CountFailure() => Interlocked.Increment(ref _failed);

    private static string? Validate(in FrameTable table, PerCpuCache* cache)
    {
        for (; cache != null; cache = cache->Next)
        {
            string? broken = cache->Validate(in table);
            if (broken != null) return broken;
        }

        return null;
    }

    /// <summary>Sets the marks by what the zone manages now.</summary>
    private void UpdateMarks()
    {
        _marks = Watermarks.For(_managedFrames);
        UpdateCaches();
    }

    /// <summary>Opens the caches when the zone is well, as far as it is large; else closes them.</summary>
    private void UpdateCaches()
    {
        if (_isObserved || _processorCount == 0 || Available < _marks.High)
        {
            CloseCaches();
            return;
        }

        _isOpen = true;
        for (PerCpuCache* cache = _caches; cache != null; cache = cache->Next) cache->Open(_managedFrames, _processorCount);
        for (PerCpuCache* cache = _largeCaches; cache != null; cache = cache->Next) cache->Open(_managedFrames, _processorCount);
    }

    private void CloseCaches()
    {
        _isOpen = false;
        for (PerCpuCache* cache = _caches; cache != null; cache = cache->Next) cache->Close();
        for (PerCpuCache* cache = _largeCaches; cache != null; cache = cache->Next) cache->Close();
    }

    /// <summary>Loads a cache, whose loaded stack is empty, with frames that are ready, as long as the zone does not go below its low mark.</summary>
    private bool Load(PerCpuCache* cache)
    {
        if (!_isOpen || Available <= _marks.Low) return false;
        ulong spare = Available - _marks.Low;
        uint wanted = spare < cache->Limit ? (uint)spare : cache->Limit;
        uint loaded = _calls.Fill(_allocator, cache, wanted);
        _readyFrames -= loaded;
        return loaded != 0;
    }

    /// <summary>Gives a stack of a cache back to the allocator.</summary>
    private void TakeBack(PerCpuCache* cache)
    {
        FrameDescriptor* stack = cache->TakeStack(out uint count);
        _calls.TakeBack(_allocator, stack);
        _readyFrames += (ulong)count << cache->Order.Value;
    }

    /// <summary>Gives what the caches have back to the allocator, where it counts against the marks and becomes large blocks.</summary>
    private void TakeAllBack(PerCpuCache* cache, PerCpuCache* largeCache)
    {
        while (cache->Count != 0) TakeBack(cache);
        while (largeCache->Count != 0) TakeBack(largeCache);
    }
}
