using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>A zone's free memory at one moment: what is written about it takes memory itself.</summary>
public sealed class ZoneBlocks
{
    private readonly ulong[] _blocks = new ulong[Order.Count];

    /// <summary>Counts the free memory of the zone at <paramref name="index"/>.</summary>
    public ZoneBlocks(IMemoryView memory, int index)
    {
        Zone zone = memory.ZoneAt(index);
        FreeFrames = zone.FreeFrames;
        CachedFrames = zone.CachedFrames;
        PendingFrames = zone.PendingFrames;
        for (int i = 0; i < _blocks.Length; i++) _blocks[i] = zone.FreeBlocks(Order.FromTrusted(i));
    }

    /// <summary>The frames that are free, in whatever way.</summary>
    public ulong FreeFrames { get; }

    /// <summary>Those in the CPUs' caches.</summary>
    public ulong CachedFrames { get; }

    /// <summary>Those in sections that nobody has used yet.</summary>
    public ulong PendingFrames { get; }

    /// <summary>The largest order that there is a block of; 0 when there is none.</summary>
    public int LargestOrder
    {
        get
        {
            int order = Order.MaxValue;
            while (order > 0 && _blocks[order] == 0) order--;
            return order;
        }
    }

    /// <summary>The blocks of exactly this order.</summary>
    public ulong Of(Order order) => _blocks[order.Value];
}
