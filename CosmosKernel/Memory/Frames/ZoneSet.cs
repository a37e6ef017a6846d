using System.Runtime.CompilerServices;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>The zones of the machine: which there are, which frames are whose, and in what order they are tried.</summary>
/// <remarks>
/// <para>
/// A zone is the RAM of a node in a band of the layout. They are numbered node by node and upwards within a node; the number is in
/// the descriptor of each managed frame. A request names a kind and maybe a node: its candidates are the node's zones from the
/// highest that is not above the kind downwards, then those of the next node in the node's order of fallback.
/// </para>
/// <para>
/// At the start all free frames are pending: counted, and not described. Whoever finds a zone's allocator short makes the next
/// section ready; whoever asks for a frame that is not described has its section made ready first.
/// </para>
/// <para>
/// Locking. A section may have frames of several zones, and its piece of the table is one: so there is one lock for making sections ready, and
/// for the list of what is reserved, which says what of a section is free. It ranks above the zones', which are taken one after the other
/// below it. Looking up frames takes none. Everything else here does not change.
/// </para>
/// </remarks>
internal unsafe struct ZoneSet
{
    private readonly FrameTable _table;
    private readonly MemoryMap _map;
    private readonly Topology _topology;
    private readonly ZoneLayout _layout;
    private readonly Zone* _zones;
    private readonly ZoneNode* _nodes;
    private readonly TicketLock* _lock;
    private ReservedRegions _reserved;

    internal ZoneSet(
        in MemoryMap map, in ReservedRegions reserved, in Topology topology, in ZoneLayout layout, in FrameTable table, Zone* zones, ZoneNode* nodes, TicketLock* sections)
    {
        _lock = sections;
        *sections = new TicketLock(LockRank.Sections);
        _table = table;
        _map = map;
        _topology = topology;
        _layout = layout;
        _zones = zones;
        _nodes = nodes;
        _reserved = reserved;
        Count = 0;
        for (int i = 0; i < NodesOf(in topology); i++) _nodes[i] = ZoneNode.Empty;
    }

    /// <summary>The number of zones.</summary>
    internal int Count { get; private set; }

    /// <summary>The number of nodes, at least one.</summary>
    internal readonly int NodeCount => NodesOf(in _topology);

    /// <summary>What is never handed out.</summary>
    internal readonly ReservedRegions Reserved => _reserved;

    /// <summary>How often the lock for sections and reserved regions was taken, and waited for.</summary>
    internal readonly LockStatistics LockStatistics => _lock->Statistics;

    /// <summary>The machine's nodes; without any when there is nothing to say about them.</summary>
    internal readonly Topology Topology => _topology;

    internal static int NodesOf(in Topology topology) => topology.NodeCount == 0 ? 1 : topology.NodeCount;

    internal readonly Zone* At(int zone) => &_zones[zone];

    internal readonly ZoneNode* NodeAt(NodeId node) => &_nodes[node.Value];

    /// <summary>Adds the next zone; they come node by node, and upwards.</summary>
    internal void Add(in NodeZone place, in FrameAllocatorKind calls, byte* storage)
    {
        ZoneFrames frames = new(in _table, (byte)Count, place.Span);
        calls.Create(&frames, storage);
        _zones[Count] = new Zone(in place, in frames, in calls, storage);
        _zones[Count].Below = _nodes[place.Node.Value].Highest;
        _nodes[place.Node.Value].Highest = (byte)Count;
        for (int kind = (int)place.Kind; kind < ZoneKinds.Count; kind++) _nodes[place.Node.Value].SetStart((ZoneKind)kind, (byte)Count);
        Count++;
    }

    /// <summary>Counts what is not reserved as free; called once, after the zones are there.</summary>
    internal readonly void CountPending<TGuard>(TGuard guard)
        where TGuard : struct, ILockGuard
    {
        UnreservedCursor cursor = new(in _map, in _reserved);
        while (cursor.TryNext(out FrameRange run))
        {
            run = run.Intersect(FrameRange.FromBounds(FrameNumber.Zero, _table.End));
            while (!run.IsEmpty)
            {
                FrameRange front = TakeFront(ref run, out Zone* zone);
                if (zone != null) zone->AddPending(front.Count);
            }
        }

        for (int i = 0; i < Count; i++) _zones[i].SetMarks(guard);
    }

    /// <summary>The highest zone that a request for <paramref name="kind"/> on <paramref name="node"/> may use there; <see cref="Zone.None"/> when there is none.</summary>
    internal readonly byte StartOf(NodeId node, ZoneKind kind) => _nodes[node.Value].Start(kind);

    /// <summary>The number of nodes whose memory <paramref name="node"/> may use.</summary>
    internal readonly int FallbackCount(NodeId node) => _topology.NodeCount == 0 ? 1 : _topology.FallbackCount(node);

    /// <summary>The node to try for <paramref name="node"/> after <paramref name="index"/> others.</summary>
    internal readonly NodeId Fallback(NodeId node, int index) => _topology.NodeCount == 0 ? node : _topology.Fallback(node, index);

    /// <summary>Makes the next section with frames of <paramref name="zone"/> ready; false when the zone has nothing pending.</summary>
    /// <param name="guard">The running processor.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="seen">What was pending when the zone was found short: when it is less by now, another processor did this.</param>
    internal readonly bool TryPrepareNext<TGuard>(TGuard guard, Zone* zone, ulong seen)
        where TGuard : struct, ILockGuard
    {
        if (seen == 0) return false;
        bool wereOn = _lock->Acquire(guard);
        bool isPrepared = zone->PendingFrames != seen;
        if (!isPrepared && _table.TryNextPending(in _map, zone->Ready, out FrameRange piece))
        {
            zone->Ready = piece.End;
            isPrepared = Prepare(guard, piece.Start);
        }

        _lock->Release(guard, wereOn);
        return isPrepared;
    }

    /// <summary>The descriptor of <paramref name="frame"/>, written now if it was not; null for what is no RAM.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly FrameDescriptor* Find<TGuard>(TGuard guard, FrameNumber frame)
        where TGuard : struct, ILockGuard
    {
        FrameDescriptor* descriptor = _table.Find(frame);
        return descriptor != null ? descriptor : FindPending(guard, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly FrameDescriptor* FindPending<TGuard>(TGuard guard, FrameNumber frame)
        where TGuard : struct, ILockGuard
    {
        if (!_table.IsPending(frame)) return _table.Find(frame);
        bool wereOn = _lock->Acquire(guard);
        Prepare(guard, frame);
        _lock->Release(guard, wereOn);
        return _table.Find(frame);
    }

    /// <summary>The zone whose RAM <paramref name="frame"/> is; null when it is none's.</summary>
    internal readonly Zone* ZoneOf(FrameNumber frame)
    {
        FrameRange one = new(frame, 1);
        TakeFront(ref one, out Zone* zone);
        return zone;
    }

    /// <summary>Takes free frames out of management; false, with nothing changed, when one is not free or is in a cache, or the list of reserved regions is full.</summary>
    internal bool TryReserve<TGuard>(TGuard guard, FrameRange frames, ReservedKind kind)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock->Acquire(guard);
        bool isReserved = TryWithdraw(guard, frames);
        if (isReserved && !_reserved.TryAdd(frames, kind))
        {
            Adopt(guard, frames);
            isReserved = false;
        }

        _lock->Release(guard, wereOn);
        return isReserved;
    }

    /// <summary>Takes reserved frames into management; false, with nothing changed, when one is not, is no RAM or no zone's, or the list is full.</summary>
    internal bool TryRelease<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        bool wereOn = _lock->Acquire(guard);
        bool isReleased = AreReserved(guard, frames) && _reserved.TryRemove(frames);
        if (isReleased) Adopt(guard, frames);
        _lock->Release(guard, wereOn);
        return isReleased;
    }

    /// <summary>Takes all of them from their zones, or none.</summary>
    private readonly bool TryWithdraw<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        if (!AreRam(guard, frames)) return false;
        FrameRange rest = frames;
        while (!rest.IsEmpty)
        {
            FrameRange front = TakeFront(ref rest, out Zone* zone);
            if (zone->TryWithdraw(guard, front)) continue;
            Adopt(guard, FrameRange.FromBounds(frames.Start, front.Start));
            return false;
        }

        return true;
    }

    private readonly void Adopt<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        while (!frames.IsEmpty)
        {
            FrameRange front = TakeFront(ref frames, out Zone* zone);
            KernelAssert.That(zone->TryAdopt(guard, front), "ZoneSet: reserved frames that cannot be adopted");
        }
    }

    /// <summary>Whether all of them are zones' RAM; they are described then.</summary>
    private readonly bool AreRam<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        for (FrameNumber at = frames.Start; at < frames.End; at += 1)
        {
            Prepare(guard, at);
            if (_table.Find(at) == null || ZoneOf(at) == null) return false;
        }

        return true;
    }

    private readonly bool AreReserved<TGuard>(TGuard guard, FrameRange frames)
        where TGuard : struct, ILockGuard
    {
        if (!AreRam(guard, frames)) return false;
        for (FrameNumber at = frames.Start; at < frames.End; at += 1)
        {
            if (_table.Find(at)->State != FrameState.Reserved) return false;
        }

        return true;
    }

    /// <summary>Describes the section of <paramref name="frame"/> and gives its free frames to their zones; false when it is described, or no RAM. The lock is held.</summary>
    private readonly bool Prepare<TGuard>(TGuard guard, FrameNumber frame)
        where TGuard : struct, ILockGuard
    {
        if (!_table.Describe(in _map, frame, out FrameRange piece)) return false;
        UnreservedCursor cursor = new(in _map, in _reserved);
        while (cursor.TryNext(out FrameRange run) && run.Start < piece.End)
        {
            run = run.Intersect(piece);
            while (!run.IsEmpty)
            {
                FrameRange front = TakeFront(ref run, out Zone* zone);
                if (zone != null) zone->Prepare(guard, front);
            }
        }

        return true;
    }

    /// <summary>Takes the frames at the front of <paramref name="run"/> that are one zone's, or none's.</summary>
    private readonly FrameRange TakeFront(ref FrameRange run, out Zone* zone)
    {
        NodeId node = NodeId.Zero;
        FrameRange rest = run;
        FrameRange front = _topology.NodeCount == 0 ? run : _topology.TakeFront(ref rest, out node);
        int band = 0;
        while (band < _layout.BandCount && _layout.FramesOf(band).End <= front.Start) band++;
        FrameNumber end = band == _layout.BandCount ? front.End : _layout.FramesOf(band).End;
        bool isBelowLayout = front.Start < _layout.FirstFrame;
        if (isBelowLayout) end = _layout.FirstFrame;
        if (end < front.End) front = FrameRange.FromBounds(front.Start, end);

        zone = null;
        byte number = isBelowLayout || band == _layout.BandCount ? Zone.None : _nodes[node.Value].Highest;
        while (number != Zone.None && (_zones[number].Kind != _layout.KindOf(band) || !_zones[number].Span.Contains(front.Start))) number = _zones[number].Below;
        if (number != Zone.None)
        {
            zone = &_zones[number];
            if (zone->Span.End < front.End) front = FrameRange.FromBounds(front.Start, zone->Span.End);
        }

        run = FrameRange.FromBounds(front.End, run.End);
        return front;
    }
}
