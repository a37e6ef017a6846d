using System.Collections.Generic;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Heap;

namespace MemOS.Shell;

/// <summary>Live blocks that the same calls have allocated.</summary>
public sealed class HeapSite
{
    /// <summary>A site with one block.</summary>
    public HeapSite(TrackedBlock first)
    {
        First = first;
        Blocks = 1;
        Bytes = first.SizeBytes;
    }

    /// <summary>The oldest of the blocks.</summary>
    public TrackedBlock First { get; private set; }

    /// <summary>How many there are.</summary>
    public ulong Blocks { get; private set; }

    /// <summary>The bytes asked for, of all.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>The live blocks, each by itself, the youngest first.</summary>
    public static List<HeapSite> Each(IHeapView heap)
    {
        var blocks = new List<HeapSite>();
        HeapCursor cursor = default;
        while (heap.TryNextBlock(ref cursor, out TrackedBlock block)) blocks.Add(new HeapSite(block));
        Sort(blocks, byBytes: 0);
        return blocks;
    }

    /// <summary>The live blocks by call stack, those with most bytes first.</summary>
    public static List<HeapSite> Group(IHeapView heap, bool onlyUnreached)
    {
        var sites = new List<HeapSite>();
        HeapCursor cursor = default;
        while (heap.TryNextBlock(ref cursor, out TrackedBlock block))
        {
            if (onlyUnreached && block.IsReached) continue;
            HeapSite? site = Find(sites, block);
            if (site is null) sites.Add(new HeapSite(block));
            else site.Add(block);
        }

        Sort(sites, byBytes: 1);
        return sites;
    }

    /// <summary>The name of a kind.</summary>
    public static string NameOf(BlockKind kind)
    {
        switch (kind)
        {
            case BlockKind.Zeroed: return "zeroed";
            case BlockKind.Array: return "array";
            case BlockKind.Aligned: return "aligned";
            case BlockKind.CacheObject: return "cache";
            default: return "plain";
        }
    }

    /// <summary>The innermost caller that is not the heap itself.</summary>
    public string SiteName(IHeapView heap)
    {
        string name = "";
        for (uint i = 0; i < First.AllocatedBy.Count; i++)
        {
            name = heap.NameOf(First.AllocatedBy[i]);
            if (!CallSite.IsOfHeap(name)) break;
        }

        return name;
    }

    // A kernel has some hundreds of sites at most: no table is worth its code.
    private static HeapSite? Find(List<HeapSite> sites, TrackedBlock block)
    {
        foreach (HeapSite site in sites)
        {
            if (site.First.AllocatedBy.Identity == block.AllocatedBy.Identity && site.First.Kind == block.Kind) return site;
        }

        return null;
    }

    private void Add(TrackedBlock block)
    {
        Blocks++;
        Bytes += block.SizeBytes;
        if (block.Number < First.Number) First = block;
    }

    // Shell's sort (CACM 2(7), 1959): lists of a struct's sort would bring the class library's sorting for each.
    private static void Sort(List<HeapSite> sites, ulong byBytes)
    {
        for (int gap = sites.Count / 2; gap > 0; gap /= 2)
        {
            for (int i = gap; i < sites.Count; i++)
            {
                HeapSite moving = sites[i];
                int at = i;
                for (; at >= gap && sites[at - gap].Rank(byBytes) < moving.Rank(byBytes); at -= gap) sites[at] = sites[at - gap];
                sites[at] = moving;
            }
        }
    }

    private ulong Rank(ulong byBytes) => byBytes != 0 ? Bytes : First.Number;
}
