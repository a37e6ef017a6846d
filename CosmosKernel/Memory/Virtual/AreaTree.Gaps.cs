using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <content>Free ranges, and the check of the invariants.</content>
public unsafe partial struct AreaTree
{
    /// <summary>Finds the highest <paramref name="pageCount"/> free pages in a row within <paramref name="bounds"/>; O(log n).</summary>
    public readonly bool TryFindFree(PageRange bounds, ulong pageCount, out PageRange free)
    {
        free = default;
        if (pageCount == 0 || pageCount > bounds.Count) return false;
        AreaNode* node = FindBelow(bounds.End);
        PageNumber last = node == null ? PageNumber.Zero : node->End;
        if (TryTakeHigh(bounds, last, bounds.End, pageCount, out free)) return true;

        // Only the gap at the lower bound can be larger than what of it lies within the bounds: at most one is tried in vain.
        while (node != null && node->Start > bounds.Start)
        {
            if (TryTakeHigh(bounds, node->Start - node->GapBefore, node->Start, pageCount, out free)) return true;
            node = PreviousWithGap(node, pageCount);
        }

        return false;
    }

    /// <summary>The first broken invariant, as text; null when all hold. O(n).</summary>
    public readonly string? Validate()
    {
        int count = 0;
        ulong pages = 0;
        PageNumber end = PageNumber.Zero;
        if (_root != null && _root->Parent != null) return "T4: the root has a parent";
        for (AreaNode* node = First; node != null; node = Next(node))
        {
            if (node->Value.Pages.IsEmpty || node->Start < end) return "T1: areas are not in order";
            if (node->GapBefore != node->Start - end) return "T3: a gap is not what it is said to be";
            string? broken = WhyBroken(node);
            if (broken != null) return broken;
            end = node->End;
            count++;
            pages += node->Value.Pages.Count;
            if (count > Count) return "T4: more areas than counted";
        }

        return count == Count && pages == PageCount ? null : "T4: not as many areas as counted";
    }

    private static string? WhyBroken(AreaNode* node)
    {
        int left = HeightOf(node->Left);
        int right = HeightOf(node->Right);
        if (node->Height != 1 + (left > right ? left : right)) return "T2: a height is wrong";
        if (left - right is > 1 or < -1) return "T2: the tree leans";
        AreaNode copy = *node;
        Update(&copy);
        if (copy.LargestGap != node->LargestGap) return "T3: a largest gap is wrong";
        if (node->Left != null && node->Left->Parent != node) return "T4: a left child has another parent";
        return node->Right != null && node->Right->Parent != node ? "T4: a right child has another parent" : null;
    }

    private static bool TryTakeHigh(PageRange bounds, PageNumber gapStart, PageNumber gapEnd, ulong pageCount, out PageRange free)
    {
        free = PageRange.FromBounds(gapStart, gapEnd).Intersect(bounds);
        if (free.Count < pageCount) return false;
        free = new PageRange(free.End - pageCount, pageCount);
        return true;
    }

    // The highest node before `node` with a gap of so many pages before it; null when there is none.
    private static AreaNode* PreviousWithGap(AreaNode* node, ulong pageCount)
    {
        if (LargestGapOf(node->Left) >= pageCount) return HighestWithGap(node->Left, pageCount);
        for (; node->Parent != null; node = node->Parent)
        {
            AreaNode* parent = node->Parent;
            if (parent->Left == node) continue;
            if (parent->GapBefore >= pageCount) return parent;
            if (LargestGapOf(parent->Left) >= pageCount) return HighestWithGap(parent->Left, pageCount);
        }

        return null;
    }

    private static AreaNode* HighestWithGap(AreaNode* node, ulong pageCount)
    {
        for (; ; )
        {
            if (LargestGapOf(node->Right) >= pageCount) node = node->Right;
            else if (node->GapBefore >= pageCount) return node;
            else node = node->Left;
        }
    }
}
