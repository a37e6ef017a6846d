using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace MemOS.Lab.Heaps;

/// <summary>Counts blocks by their size. Each size up to 16 KiB is a row, unless there are too many: then, as above, each doubling is.</summary>
internal sealed class SizeHistogram
{
    private const ulong LargestRowBytes = 16 * 1024;
    private const int MostRows = 48;

    private readonly Dictionary<ulong, Entry> _entries = [];

    private sealed class Entry
    {
        public long Blocks { get; set; }

        public ulong RequestedBytes { get; set; }

        public long Live { get; set; }

        public long MostLive { get; set; }
    }

    /// <summary>The rows, from the smallest size to the largest.</summary>
    public IReadOnlyList<SizeCount> Rows
    {
        get
        {
            bool isCoarse = _entries.Keys.Count(size => size <= LargestRowBytes) > MostRows;
            return
            [
                .. _entries.GroupBy(pair => isCoarse || pair.Key > LargestRowBytes ? BitOperations.RoundUpToPowerOf2(pair.Key) : pair.Key)
                    .OrderBy(row => row.Key)
                    .Select(row => new SizeCount(
                        row.Key,
                        row.Sum(pair => pair.Value.Blocks),
                        row.Aggregate(0UL, (sum, pair) => sum + pair.Value.RequestedBytes),
                        row.Aggregate(0UL, (sum, pair) => sum + pair.Key * (ulong)pair.Value.Blocks),
                        row.Sum(pair => pair.Value.MostLive))),
            ];
        }
    }

    /// <summary>Counts a block that begins to be used.</summary>
    public void Add(ulong requestedBytes, ulong grantedBytes)
    {
        if (!_entries.TryGetValue(grantedBytes, out Entry? entry)) _entries.Add(grantedBytes, entry = new Entry());
        entry.Blocks++;
        entry.RequestedBytes += requestedBytes;
        if (++entry.Live > entry.MostLive) entry.MostLive = entry.Live;
    }

    /// <summary>Counts a block that is used no longer.</summary>
    public void Remove(ulong grantedBytes) => _entries[grantedBytes].Live--;
}
