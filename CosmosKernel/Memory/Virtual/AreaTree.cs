using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>The areas of an address space in the order of their addresses.</summary>
/// <remarks>
/// <para>
/// A balanced tree (Adelson-Velsky and Landis, 1962: the heights of a node's subtrees differ by one at most), so that finding, inserting and
/// removing take O(log n) steps with a bound that the fault path can rely on. Each node also knows how many pages are free before
/// its area and the most that are free before one in its subtree; a free range is found by that in O(log n) too.
/// </para>
/// <para>
/// What changes the tree is kept out of line: inlined by its profile into <see cref="UserMemory{TSpace,TMemory,TSource}"/> it went wrong under the just-in-time
/// compiler of .NET 10.0, which UserMemoryModelTests showed within a second.
/// </para>
/// <para>
/// The tree owns no memory: nodes are the caller's, who links and unlinks them here. Invariants, checked by <see cref="Validate"/>: T1 areas are not empty,
/// do not overlap and lie in order; T2 heights are right and balanced; T3 gaps and largest gaps are right; T4 parents are right, and the count.
/// </para>
/// </remarks>
public unsafe partial struct AreaTree
{
    private AreaNode* _root;

    /// <summary>The number of areas.</summary>
    public int Count { get; private set; }

    /// <summary>The pages of all areas.</summary>
    public ulong PageCount { get; private set; }

    /// <summary>The lowest area; null when there is none.</summary>
    public readonly AreaNode* First
    {
        get
        {
            AreaNode* node = _root;
            while (node != null && node->Left != null) node = node->Left;
            return node;
        }
    }

    /// <summary>The area with <paramref name="page"/>; null when none has it.</summary>
    public readonly AreaNode* Find(PageNumber page)
    {
        AreaNode* node = _root;
        while (node != null && !node->Value.Pages.Contains(page)) node = page < node->Start ? node->Left : node->Right;
        return node;
    }

    /// <summary>The lowest area that ends above <paramref name="page"/>; null when none does.</summary>
    public readonly AreaNode* FindFrom(PageNumber page)
    {
        AreaNode* found = null;
        for (AreaNode* node = _root; node != null;)
        {
            bool isAbove = page < node->End;
            if (isAbove) found = node;
            node = isAbove ? node->Left : node->Right;
        }

        return found;
    }

    /// <summary>The highest area that starts below <paramref name="page"/>; null when none does.</summary>
    public readonly AreaNode* FindBelow(PageNumber page)
    {
        AreaNode* found = null;
        for (AreaNode* node = _root; node != null;)
        {
            bool isBelow = node->Start < page;
            if (isBelow) found = node;
            node = isBelow ? node->Right : node->Left;
        }

        return found;
    }

    /// <summary>Whether no area has a page of <paramref name="pages"/>.</summary>
    public readonly bool IsFree(PageRange pages)
    {
        AreaNode* node = FindFrom(pages.Start);
        return node == null || node->Start >= pages.End;
    }

    /// <summary>The area after <paramref name="node"/>; null after the last.</summary>
    public static AreaNode* Next(AreaNode* node)
    {
        if (node->Right != null)
        {
            node = node->Right;
            while (node->Left != null) node = node->Left;
            return node;
        }

        while (node->Parent != null && node->Parent->Right == node) node = node->Parent;
        return node->Parent;
    }

    /// <summary>The area before <paramref name="node"/>; null before the first.</summary>
    public static AreaNode* Previous(AreaNode* node)
    {
        if (node->Left != null)
        {
            node = node->Left;
            while (node->Right != null) node = node->Right;
            return node;
        }

        while (node->Parent != null && node->Parent->Left == node) node = node->Parent;
        return node->Parent;
    }

    /// <summary>Puts <paramref name="area"/>, none of whose pages is in another, into the tree as <paramref name="node"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Insert(AreaNode* node, in VirtualArea area)
    {
        KernelAssert.That(!area.Pages.IsEmpty, "AreaTree: an empty area");
        KernelAssert.That(IsFree(area.Pages), "AreaTree: two areas overlap");
        *node = default;
        node->Value = area;
        AreaNode* parent = null;
        for (AreaNode* at = _root; at != null; at = area.Pages.Start < at->Start ? at->Left : at->Right) parent = at;
        node->Parent = parent;
        if (parent == null) _root = node;
        else if (area.Pages.Start < parent->Start) parent->Left = node;
        else parent->Right = node;
        Count++;
        PageCount += area.Pages.Count;
        SetGap(node);
        AreaNode* next = Next(node); // Above it: there is nothing below.
        if (next != null) SetGap(next);
        Rebalance(node, next);
    }

    /// <summary>Takes <paramref name="node"/> out of the tree; it is the caller's then.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Remove(AreaNode* node)
    {
        Count--;
        PageCount -= node->Value.Pages.Count;
        AreaNode* next = Next(node);
        AreaNode* from;
        AreaNode* moved = null;
        if (node->Left == null || node->Right == null)
        {
            from = node->Parent;
            Replace(node, node->Left != null ? node->Left : node->Right);
        }
        else
        {
            // The next one is the leftmost of the right subtree, so it has no left child: it takes the node's place.
            moved = next;
            from = next->Parent == node ? next : next->Parent;
            if (next->Parent != node)
            {
                Replace(next, next->Right);
                next->Right = node->Right;
                next->Right->Parent = next;
            }

            Replace(node, next);
            next->Left = node->Left;
            next->Left->Parent = next;
            next->Height = node->Height; // What those above know of this place.
            next->LargestGap = node->LargestGap;
        }

        if (node->Right != null)
        {
            Rebalance(from, moved);
            RefreshGap(next);
            return;
        }

        if (next != null) SetGap(next); // It is above.
        Rebalance(from, next);
    }

    /// <summary>Makes <paramref name="node"/> say something else, between the same neighbours.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Change(AreaNode* node, in VirtualArea area)
    {
        AreaNode* previous = Previous(node);
        AreaNode* next = Next(node);
        KernelAssert.That(!area.Pages.IsEmpty, "AreaTree: an empty area");
        KernelAssert.That(previous == null || previous->End <= area.Pages.Start, "AreaTree: an area would overlap the one before it");
        KernelAssert.That(next == null || area.Pages.End <= next->Start, "AreaTree: an area would overlap the one after it");
        PageCount = PageCount - node->Value.Pages.Count + area.Pages.Count;
        node->Value = area;
        RefreshGap(node);
        RefreshGap(next);
    }

    private static int HeightOf(AreaNode* node) => node == null ? 0 : node->Height;

    private static ulong LargestGapOf(AreaNode* node) => node == null ? 0 : node->LargestGap;

    private static void SetGap(AreaNode* node)
    {
        AreaNode* previous = Previous(node);
        node->GapBefore = node->Start - (previous == null ? PageNumber.Zero : previous->End);
    }

    // What a node knows of its subtree, from its children; false when it knew that.
    private static bool Update(AreaNode* node)
    {
        int oldHeight = node->Height;
        ulong oldGap = node->LargestGap;
        int left = HeightOf(node->Left);
        int right = HeightOf(node->Right);
        node->Height = 1 + (left > right ? left : right);
        ulong gap = node->GapBefore;
        if (LargestGapOf(node->Left) > gap) gap = LargestGapOf(node->Left);
        if (LargestGapOf(node->Right) > gap) gap = LargestGapOf(node->Right);
        node->LargestGap = gap;
        return node->Height != oldHeight || gap != oldGap;
    }

    // The gap before a node has changed: it, and what those above it know, up to one for whom nothing is new.
    private static void RefreshGap(AreaNode* node)
    {
        if (node == null) return;
        SetGap(node);
        while (node != null && Update(node)) node = node->Parent;
    }

    private void Replace(AreaNode* node, AreaNode* other)
    {
        AreaNode* parent = node->Parent;
        if (parent == null) _root = other;
        else if (parent->Left == node) parent->Left = other;
        else parent->Right = other;
        if (other != null) other->Parent = parent;
    }

    // From a node whose children may have changed upwards, to one for whom nothing is new; `changed` lies on the way, has changed itself, and is passed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Rebalance(AreaNode* node, AreaNode* changed)
    {
        while (node != null)
        {
            int lean = HeightOf(node->Left) - HeightOf(node->Right);
            if (lean > 1)
            {
                if (HeightOf(node->Left->Left) < HeightOf(node->Left->Right)) RotateLeft(node->Left);
                node = RotateRight(node);
            }
            else if (lean < -1)
            {
                if (HeightOf(node->Right->Right) < HeightOf(node->Right->Left)) RotateRight(node->Right);
                node = RotateLeft(node);
            }
            else
            {
                if (node == changed) changed = null;
                if (!Update(node) && changed == null) return;
            }

            node = node->Parent;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AreaNode* RotateLeft(AreaNode* node)
    {
        AreaNode* up = node->Right;
        Replace(node, up);
        node->Right = up->Left;
        if (node->Right != null) node->Right->Parent = node;
        up->Left = node;
        node->Parent = up;
        Update(node);
        Update(up);
        return up;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AreaNode* RotateRight(AreaNode* node)
    {
        AreaNode* up = node->Left;
        Replace(node, up);
        node->Left = up->Right;
        if (node->Left != null) node->Left->Parent = node;
        up->Right = node;
        node->Parent = up;
        Update(node);
        Update(up);
        return up;
    }
}
