using MemOS.Boot;
using MemOS.Collections;
using MemOS.Memory.Numa;

namespace MemOS.Memory.Frames;

/// <summary>How a machine's memory is cut into zones, and what serves them: what <see cref="PhysicalMemory{TMemory, TProcessor}"/> is made by.</summary>
public readonly struct FramePlan
{
    private const ulong Alignment = 64;

    private readonly ZoneLayout _layout;
    private readonly Topology _topology;
    private readonly FrameAllocatorKind _allocator;

    /// <summary>A plan; a <paramref name="topology"/> without nodes stands for one node with everything.</summary>
    public FramePlan(in ZoneLayout layout, in Topology topology, in FrameAllocatorKind allocator)
    {
        _layout = layout;
        _topology = topology;
        _allocator = allocator;
    }

    /// <summary>The bands.</summary>
    public ZoneLayout Layout => _layout;

    /// <summary>The nodes.</summary>
    public Topology Topology => _topology;

    /// <summary>What serves each zone.</summary>
    public FrameAllocatorKind Allocator => _allocator;

    /// <summary>Where everything goes in the storage: the boot processor's caches, the lock for sections, zones, nodes, frame table, allocators.</summary>
    internal unsafe Measures Measure(in MemoryMap map)
    {
        ulong allocators = 0;
        ZonePlanner planner = new(in map, in _topology, in _layout);
        while (planner.TryNext(out NodeZone place)) allocators += AllocatorBytes(in map, in place);

        ulong sections = Round(CacheBytes(planner.Count));
        ulong zones = sections + Round((ulong)sizeof(TicketLock));
        ulong nodes = zones + Round((ulong)planner.Count * (ulong)sizeof(Zone));
        ulong table = nodes + Round((ulong)ZoneSet.NodesOf(in _topology) * (ulong)sizeof(ZoneNode));
        ulong first = table + Round(FrameTable.MetadataBytes(in map));
        return new Measures(sections, zones, nodes, table, first, first + allocators);
    }

    /// <summary>The storage of a processor's caches: one for each zone and, after them, one that stays empty, for kinds that no zone serves; twice, for frames and for large blocks.</summary>
    internal static ulong CacheBytes(int zoneCount) => 2 * ((ulong)zoneCount + 1) * PerCpuCache.SizeBytes;

    /// <summary>The storage of a zone's allocator.</summary>
    internal unsafe ulong AllocatorBytes(in MemoryMap map, in NodeZone place) =>
        Round(_allocator.MetadataBytes((uint)FrameTable.CountChunks(in map, place.Span)));

    private static ulong Round(ulong bytes) => (bytes + (Alignment - 1)) & ~(Alignment - 1);

    /// <summary>Offsets into the storage and its size, in bytes.</summary>
    internal readonly struct Measures
    {
        internal Measures(ulong sections, ulong zones, ulong nodes, ulong table, ulong allocators, ulong size)
        {
            SectionsOffset = sections;
            ZonesOffset = zones;
            NodesOffset = nodes;
            TableOffset = table;
            AllocatorsOffset = allocators;
            SizeBytes = size;
        }

        internal ulong SectionsOffset { get; }

        internal ulong ZonesOffset { get; }

        internal ulong NodesOffset { get; }

        internal ulong TableOffset { get; }

        internal ulong AllocatorsOffset { get; }

        internal ulong SizeBytes { get; }
    }
}
