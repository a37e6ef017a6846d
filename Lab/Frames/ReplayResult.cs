using System.Collections.Generic;
using System.Linq;
using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>What came out of a replay.</summary>
/// <param name="Trace">The trace's name.</param>
/// <param name="Allocator">The allocator's name.</param>
/// <param name="MemoryFrames">The frames that there were.</param>
/// <param name="Counts">What was counted.</param>
/// <param name="UnknownFrees">The frees of blocks that the trace does not allocate, passed over.</param>
/// <param name="Validations">How often the allocator's invariants were checked.</param>
/// <param name="Samples">How memory looked over time, the last one at the end.</param>
internal sealed record ReplayResult(
    string Trace, string Allocator, ulong MemoryFrames, ReplayCounts Counts, long UnknownFrees, long Validations, IReadOnlyList<ReplaySample> Samples)
{
    private static readonly int[] s_shownOrders = [2, 5, 9, 12];

    /// <summary>How memory looks after the last operation.</summary>
    public ReplaySample End => Samples[^1];

    /// <summary>How many orders of blocks fit in the memory.</summary>
    public int OrderCount => End.FreeBlocks.Length;

    /// <summary>The orders that are shown over time: 16 KiB, 128 KiB, 2 MiB and 16 MiB, those that fit.</summary>
    public IEnumerable<int> ShownOrders => s_shownOrders.Where(order => order < OrderCount);

    /// <summary>The size of a block, 4 KiB or 2 MiB.</summary>
    public static string SizeOf(int order)
    {
        ulong kib = Order.FromTrusted(order).SizeBytes >> 10;
        return kib < 1 << 10 ? $"{kib} KiB" : kib < 1 << 20 ? $"{kib >> 10} MiB" : $"{kib >> 20} GiB";
    }

    /// <summary>Frames as MiB.</summary>
    public static double MiB(ulong frames) => (double)frames * FrameNumber.SizeBytes / (1 << 20);
}
