using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>What one processor has of <see cref="PhysicalMemory{TMemory, TProcessor}"/> for itself; it lies in <see cref="ProcessorLocals.Frames"/>.</summary>
/// <remarks>
/// Counters are the processor's own and go round: frames that another one allocated are counted down here when they are freed here, and
/// only the sum over all processors means something. Others read them for sums, and follow <see cref="Next"/>.
/// </remarks>
internal unsafe struct FrameFront
{
    // The usual ways find these two rows by offsets: compilers look at a row's structure for null first.
    private const ulong FirstOwned = ZoneKinds.Count;

    private fixed ulong _startCaches[ZoneKinds.Count]; // Addresses.
    private fixed ulong _owned[FrameOwners.Count];
    private PerCpuCache* _caches;
    private PerCpuCache* _largeCaches;
    private FrameTable _table;
    private fixed ulong _refusals[FreeResults.Count];

    /// <summary>The node that the processor is of.</summary>
    internal NodeId Home { get; private set; }

    /// <summary>The processor's number.</summary>
    internal int Number { get; private set; }

    /// <summary>The processor that was there before; null at the first.</summary>
    internal FrameFront* Next { get; private set; }

    /// <summary>The frames that blocks were asked for.</summary>
    internal ulong Wanted { get; set; }

    /// <summary>The frames of those blocks.</summary>
    internal ulong Granted { get; set; }

    /// <summary>Its requests that zones served, not its caches.</summary>
    internal ulong Served { get; set; }

    /// <summary>Its requests that another node served than the one that was wanted.</summary>
    internal ulong Missed { get; set; }

    /// <summary>The front in what a processor has for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static FrameFront* Of(ProcessorLocals* locals) => (FrameFront*)locals; // SAFETY: they begin with the room for it, and it fits, as Create checks.

    /// <summary>Makes the front of a processor with these caches, of single frames and of large blocks, one a zone and one that stays closed.</summary>
    internal static FrameFront* Create(ProcessorLocals* locals, PerCpuCache* caches, PerCpuCache* largeCaches, in FrameTable table, FrameFront* next)
    {
        KernelAssert.That(sizeof(FrameFront) <= ProcessorLocals.FramesBytes, "FrameFront: no room");
        FrameFront* front = Of(locals);
        *front = default;
        front->Number = locals->Number;
        front->Next = next;
        front->_caches = caches;
        front->_largeCaches = largeCaches;
        front->_table = table;
        return front;
    }

    /// <summary>Says which node it is of, and which cache serves requests for a kind of zone there.</summary>
    internal void SetHome(NodeId node, in ZoneSet zones)
    {
        Home = node;
        for (int kind = 0; kind < ZoneKinds.Count; kind++)
        {
            byte start = zones.StartOf(node, (ZoneKind)kind);
            _startCaches[kind] = (ulong)&_caches[start == Zone.None ? zones.Count : start];
        }
    }

    /// <summary>The cache that serves <paramref name="request"/>: that of the zone to start with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PerCpuCache* CacheFor(FrameFront* front, FrameRequest request) =>
        *(PerCpuCache**)((ulong*)front + (ulong)request.Zone); // SAFETY: they come first, each in eight bytes.

    /// <summary>The cache of large blocks of the same zone as <see cref="CacheFor"/>'s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PerCpuCache* LargeCacheFor(FrameFront* front, FrameRequest request) =>
        (PerCpuCache*)((nuint)CacheFor(front, request) + ((nuint)front->_largeCaches - (nuint)front->_caches));

    /// <summary>The slot of the table where the search for <paramref name="frame"/> begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static FrameSlot* FirstSlot(FrameFront* front, FrameNumber frame) => front->_table.FirstSlot(frame);

    /// <summary>The table of the frames.</summary>
    internal static ref readonly FrameTable TableOf(FrameFront* front) => ref front->_table;

    /// <summary>The cache of the zone that an allocated block is of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PerCpuCache* CacheOf(FrameFront* front, FrameDescriptor* block)
    {
        // SAFETY: what is allocated is of a zone that there is. The zone's byte times the size, by one shift for both.
        return (PerCpuCache*)(((nuint)block->ZoneByte << PerCpuCache.SizeShift) + (nuint)front->_caches);
    }

    /// <summary>The cache of single frames of zone <paramref name="zone"/>.</summary>
    internal readonly PerCpuCache* CacheAt(int zone) => &_caches[zone];

    /// <summary>The cache of large blocks of zone <paramref name="zone"/>.</summary>
    internal readonly PerCpuCache* LargeCacheAt(int zone) => &_largeCaches[zone];

    /// <summary>The frames that an owner got on this processor, less those of its that were freed here.</summary>
    internal readonly ulong Owned(FrameOwner owner) => _owned[(int)owner];

    /// <summary>How often a free was refused here for <paramref name="reason"/>.</summary>
    internal readonly ulong Refusals(FreeResult reason) => _refusals[(int)reason];

    /// <summary>Counts frames for <paramref name="owner"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Count(FrameFront* front, FrameOwner owner, ulong frames)
    {
        ulong* words = (ulong*)front;
        words[FirstOwned + (ulong)owner] = unchecked(words[FirstOwned + (ulong)owner] + frames); // So written it is one instruction.
    }

    /// <summary>Counts frames away from <paramref name="owner"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CountBack(FrameFront* front, FrameOwner owner, ulong frames) => Count(front, owner, unchecked(0 - frames));

    /// <summary>Counts one frame away from the owner with that number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CountBack(FrameFront* front, ulong owner)
    {
        ulong* words = (ulong*)front;
        words[FirstOwned + owner] = unchecked(words[FirstOwned + owner] - 1);
    }

    /// <summary>Puts a single allocated frame into its zone's cache; false when it is something else, or there is no room.</summary>
    /// <remarks>
    /// The header is read once: what is decided by it is exchanged. Zone and owner are read from its bytes, and are the same when the exchange
    /// succeeds; until then nothing is written.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFreeToCache<TWords>(FrameFront* front, FrameDescriptor* block, TWords words)
        where TWords : struct, ISharedWords
    {
        uint header = FrameTable.HeaderOf(block, words);
        if (!FrameDescriptor.IsSingleAllocated(header) || FrameTable.ReferencesOf(block, words) != 1) return false;
        ulong owner = (ulong)block->Owner;
        if (!CacheOf(front, block)->TryPut(block, header, words)) return false;
        CountBack(front, owner);
        return true;
    }

    /// <summary>Counts a refusal, and returns it.</summary>
    internal FreeResult Refuse(FreeResult reason)
    {
        _refusals[(int)reason]++;
        return reason;
    }

    /// <summary>How many requests its caches of the first <paramref name="zoneCount"/> zones served.</summary>
    internal readonly ulong ServedByCaches(int zoneCount)
    {
        ulong served = 0;
        for (int zone = 0; zone < zoneCount; zone++) served += _caches[zone].Served + _largeCaches[zone].Served;
        return served;
    }

    /// <summary>The frames in its caches of the first <paramref name="zoneCount"/> zones.</summary>
    internal readonly ulong CachedFrames(int zoneCount)
    {
        ulong cached = 0;
        for (int zone = 0; zone < zoneCount; zone++) cached += _caches[zone].Frames + _largeCaches[zone].Frames;
        return cached;
    }
}
