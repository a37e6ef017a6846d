using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>A band of physical memory with its own frames, marks and counters.</summary>
public struct Zone
{
    private BuddyAllocator _frames;
    private Watermarks _marks;

    internal Zone(ZoneKind kind, FrameRange span, ulong presentFrames, in BuddyAllocator frames)
    {
        Kind = kind;
        Span = span;
        PresentFrames = presentFrames;
        _frames = frames;
        _marks = default;
        Fallback = default;
        Served = 0;
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

    /// <summary>The frames that are free.</summary>
    public readonly ulong FreeFrames => _frames.FreeFrames;

    /// <summary>What stays free for whom.</summary>
    public readonly Watermarks Marks => _marks;

    /// <summary>The zones to try for a request for this one, this one first.</summary>
    public ZoneOrder Fallback { get; internal set; }

    /// <summary>How many requests were served from here.</summary>
    public ulong Served { get; private set; }

    /// <summary>How many requests for this zone could not be served from anywhere.</summary>
    public ulong Failed { get; private set; }

    /// <summary>The number of free blocks of exactly this order.</summary>
    public readonly uint FreeBlocks(Order order) => _frames.FreeBlocks(order);

    /// <summary>Checks the allocator's invariants; null when they hold.</summary>
    public readonly string? Validate() => _frames.Validate();

    internal bool TryAdopt(FrameRange frames) => _frames.TryAdopt(frames);

    /// <summary>Sets the marks by what the zone manages now.</summary>
    internal void SetMarks() => _marks = Watermarks.For(_frames.ManagedFrames);

    /// <summary>Allocates a block when at least <paramref name="kept"/> frames stay free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAllocate(Order order, FrameOwner owner, ulong kept, out FrameNumber frame)
    {
        if (_frames.FreeFrames >= kept + order.FrameCount && _frames.TryAllocate(order, owner, out frame))
        {
            Served++;
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
            Served++;
            return true;
        }

        frames = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe FreeResult Free(FrameDescriptor* block, FrameNumber frame, Order order) => _frames.Free(block, frame, order);

    internal readonly FreeResult CheckRun(FrameRange frames) => _frames.CheckRun(frames);

    internal void CountFailure() => Failed++;
}
