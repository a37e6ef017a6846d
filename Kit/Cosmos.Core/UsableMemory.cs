namespace Cosmos.Core;

/// <summary>Picks the range of memory that the kit's default allocators take over.</summary>
public static unsafe class UsableMemory
{
    private const ulong PageSize = 4096;
    private const ulong Lowest = 0x10_0000;
    private const ulong Highest = 0x1_0000_0000;

    /// <summary>A range of physical memory, [Start, End).</summary>
    public struct Range
    {
        /// <summary>The first byte's address.</summary>
        public ulong Start;

        /// <summary>The address behind the last byte.</summary>
        public ulong End;
    }

    /// <summary>
    /// The largest page-aligned range from 1 MiB to 4 GiB (what is mapped at boot) that the memory map calls usable, nothing in the map contradicts,
    /// and no range of <paramref name="reserved"/> touches. Empty when there is none.
    /// </summary>
    public static Range FindLargest(RawMemoryMapBlock* map, int mapCount, Range* reserved, int reservedCount)
    {
        Range best = default;
        for (int i = 0; i < mapCount; i++)
        {
            if (map[i].Type != RawMemoryMapBlock.Usable)
                continue;
            Range block = Clip(map[i].Address, map[i].Address + map[i].Length);
            while (block.Start < block.End)
            {
                Range free = NextFree(block, map, mapCount, reserved, reservedCount);
                if (free.End - free.Start > best.End - best.Start)
                    best = free;
                block.Start = free.End;
            }
        }

        return best;
    }

    private static Range Clip(ulong start, ulong end)
    {
        if (start < Lowest)
            start = Lowest;
        if (end > Highest)
            end = Highest;
        if (start > end)
            return default;
        return new Range { Start = (start + PageSize - 1) & ~(PageSize - 1), End = end & ~(PageSize - 1) };
    }

    /// <summary>The first piece of <paramref name="block"/> that nothing is in; empty at the block's end when there is none.</summary>
    private static Range NextFree(Range block, RawMemoryMapBlock* map, int mapCount, Range* reserved, int reservedCount)
    {
        Range free = block;
        // An obstacle moves the start, and then those before it must be looked at again.
        int obstacle = 0;
        while (obstacle < mapCount + reservedCount)
        {
            Range taken = obstacle < mapCount ? Obstacle(map + obstacle) : Cover(reserved[obstacle - mapCount]);
            obstacle++;
            if (taken.Start >= taken.End || taken.End <= free.Start || taken.Start >= free.End)
                continue;
            if (taken.Start > free.Start)
            {
                free.End = taken.Start;
                continue;
            }

            free = new Range { Start = taken.End, End = block.End };
            obstacle = 0;
            if (free.Start >= block.End)
                return new Range { Start = block.End, End = block.End };
        }

        return free;
    }

    private static Range Obstacle(RawMemoryMapBlock* entry) => entry->Type == RawMemoryMapBlock.Usable
        ? default
        : Cover(new Range { Start = entry->Address, End = entry->Address + entry->Length });

    private static Range Cover(Range range) => range.Start >= range.End
        ? default
        : new Range
        {
            Start = range.Start & ~(PageSize - 1),
            End = range.End > Highest ? Highest : (range.End + PageSize - 1) & ~(PageSize - 1),
        };
}
