using System.Numerics;
using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Binary buddies: blocks of 2^k frames, k from 0 to <see cref="Order.MaxValue"/>, split on demand and merged at once.</summary>
/// <remarks>
/// <para>
/// Theory. A block of order k starts at a multiple of 2^k frames. Halving it gives two buddies of order k - 1, whose starts
/// differ in bit k - 1 only; so the buddy of a block is found by flipping a bit, and whether it is free, whole and in the same
/// zone is one comparison with the header of its first frame. A free block never has a free buddy: whoever frees merges, up
/// to the largest order. (Knowlton, "A fast storage allocator", CACM 8(10), 1965; Knuth, TAOCP vol. 1, 2.5.)
/// </para>
/// <para>
/// Structure. There is one doubly linked list of free blocks an order, linked through the descriptors of their first
/// frames by descriptor number, and a word whose bit k says that list k has a block: the smallest sufficient order is a
/// shift and a count of zeros, without a search. Only first frames carry data, marked <see cref="FrameState.Free"/>; all others
/// are <see cref="FrameState.Inner"/>, so splitting and merging write a constant number of descriptors an order.
/// A block in a list knows its start as an offset from the origin (the zone's first frame, rounded down to the largest order),
/// because a list gives descriptors and the caller wants frames.
/// </para>
/// <para>
/// Lists are last in, first out: what was freed last is likeliest to be in the processor's cache. The link back of a list's
/// first block is not kept up, so taking the first block does not touch the second.
/// </para>
/// <para>
/// Runs are cut from the front of the smallest block that holds them, so a run lies within one aligned block and is at most as
/// long as the largest: frames in a row that straddle such a bound are not found.
/// </para>
/// <para>Invariants:</para>
/// <list type="bullet">
/// <item>I1 List k holds exactly the free blocks of order k, each once, with right links, count and offset.</item>
/// <item>I2 A free block is aligned to its size and lies in the zone; its frames but the first are Inner.</item>
/// <item>I3 Bit k of the word is set exactly when list k has a block.</item>
/// <item>I4 No two free blocks are buddies of each other.</item>
/// <item>I5 The free frames are those of the free blocks.</item>
/// </list>
/// <para>
/// Cost. Taking and giving are O(orders) in the worst case, and no loop at all when a block of the wanted order is
/// free, or the given block's buddy is not; a run below a limit within the zone is O(free blocks). Storage: none but the frame table.
/// </para>
/// </remarks>
public unsafe struct BuddyAllocator : IBlockAllocator
{
    private readonly FrameTable _table;
    private readonly ulong _origin;
    private readonly ulong _end;
    private readonly uint _zoneBits;
    private uint _nonEmpty;
    private ulong _freeFrames;
    private fixed uint _first[Order.Count];
    private fixed uint _count[Order.Count];

    private BuddyAllocator(in ZoneFrames zone)
    {
        this = default;
        _table = zone.Table;
        _origin = zone.Origin;
        _end = zone.Span.End.Value;
        _zoneBits = (uint)zone.Number << FrameDescriptor.ZoneShift;
        for (int order = 0; order < Order.Count; order++) _first[order] = FrameDescriptor.NoLink;
    }

    /// <inheritdoc/>
    public readonly ulong FreeFrames => _freeFrames;

    internal readonly uint NonEmptyOrders => _nonEmpty;

    internal readonly ulong Origin => _origin;

    internal readonly byte Zone => (byte)(_zoneBits >> FrameDescriptor.ZoneShift);

    /// <inheritdoc/>
    public readonly ulong MetadataBytes(uint chunkCount) => 0;

    /// <inheritdoc/>
    public void Initialize(in ZoneFrames zone, byte* storage) => this = new BuddyAllocator(in zone);

    /// <inheritdoc/>
    public void Add(FrameRange frames)
    {
        while (!frames.IsEmpty)
        {
            Order order = Order.LargestAt(frames.Start, frames.Count);
            Give(frames.Start, order);
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }
    }

    /// <inheritdoc/>
    public bool TryRemove(FrameRange frames)
    {
        for (FrameNumber at = frames.Start; at < frames.End;)
        {
            if (FindFree(at, out FrameRange block) == null) return false;
            at = block.End;
        }

        for (FrameNumber at = frames.Start; at < frames.End;)
        {
            FrameDescriptor* first = FindFree(at, out FrameRange block);
            Unlink(first, first->OrderValue);
            FrameTable.Transition(first, FrameState.Free, FrameState.Inner, _zoneBits);
            _freeFrames -= block.Count;
            at = block.End;
            if (block.Start < frames.Start) Add(FrameRange.FromBounds(block.Start, frames.Start));
            if (block.End > frames.End) Add(FrameRange.FromBounds(frames.End, block.End));
        }

        return true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(Order order, out FrameNumber frame)
    {
        uint candidates = _nonEmpty >> order.Value;
        if (candidates == 0)
        {
            frame = default;
            return false;
        }

        int found = order.Value + BitOperations.TrailingZeroCount(candidates);
        FrameDescriptor* block = _table.At(_first[found]);
        Pop(block, found);
        frame = Take(block, found, order);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        frames = default;
        if (!Order.TryForFrameCount(frameCount, out Order order)) return false;
        if (order < alignment) order = alignment;
        bool isTaken = limit.Value >= _end ? TryTake(order, out FrameNumber start) : TryTakeBelow(order, frameCount, limit, out start);
        if (!isTaken) return false;
        frames = new FrameRange(start, frameCount);
        Add(FrameRange.FromBounds(frames.End, start + order.FrameCount));
        return true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(FrameNumber frame, Order order)
    {
        FrameDescriptor* block = _table.Find(frame);
        uint offset = (uint)(frame.Value - _origin);
        _freeFrames += order.FrameCount;
        FrameDescriptor* buddy = FindFreeBuddy(offset, order.Value);
        if (buddy == null) Push(block, offset, order.Value);
        else Merge(block, buddy, offset, order.Value);
    }

    /// <inheritdoc/>
    public readonly bool IsFree(FrameNumber frame) => FindFree(frame, out _) != null;

    /// <inheritdoc/>
    public readonly ulong FreeBlocks(Order order) => _count[order.Value];

    /// <inheritdoc/>
    public readonly string? Validate() => new BuddyValidator(in _table, in this).Validate();

    /// <summary>The order that a block of <paramref name="order"/> at <paramref name="frame"/>, if it were given now, would merge to.</summary>
    internal readonly int MergedOrder(FrameNumber frame, Order order)
    {
        uint offset = (uint)(frame.Value - _origin);
        int merged = order.Value;
        for (; FindFreeBuddy(offset, merged) != null; merged++) offset &= ~(1U << merged);
        return merged;
    }

    internal readonly uint FirstNumber(int order) => _first[order];

    private readonly uint FreeRest(int order) => _zoneBits | (uint)order << FrameDescriptor.OrderShift;

    /// <summary>The first frame of the free block that <paramref name="frame"/> is in, and the block; null when it is in none. O(orders).</summary>
    private readonly FrameDescriptor* FindFree(FrameNumber frame, out FrameRange block)
    {
        block = default;
        for (int order = 0; order <= Order.MaxValue; order++)
        {
            FrameNumber start = frame.AlignDown(Order.FromTrusted(order));
            FrameDescriptor* first = _table.Find(start);
            if (first == null) return null;
            if (first->State == FrameState.Inner) continue; // What starts a block that ends before the frame would be inside the one with the frame.
            if ((first->Header & ~(0xFFU << FrameDescriptor.OrderShift)) != ((uint)FrameState.Free | _zoneBits) || first->OrderValue < order) return null;
            block = new FrameRange(start, 1UL << first->OrderValue);
            return first;
        }

        return null;
    }

    /// <summary>As <see cref="TryTake"/>, of blocks whose first frames are below the limit; the smallest that there are.</summary>
    private bool TryTakeBelow(Order order, ulong frameCount, FrameNumber limit, out FrameNumber frame)
    {
        for (int size = order.Value; size < Order.Count; size++)
        {
            for (uint number = _first[size]; number != FrameDescriptor.NoLink; number = _table.At(number)->Next)
            {
                FrameDescriptor* block = _table.At(number);
                if (_origin + block->BlockOffset + frameCount > limit.Value) continue;
                Unlink(block, size);
                frame = Take(block, size, order);
                return true;
            }
        }

        frame = default;
        return false;
    }

    /// <summary>Cuts a block of the wanted order off a free block that is in no list any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameNumber Take(FrameDescriptor* block, int order, Order wanted)
    {
        if (order != wanted.Value) Split(block, order, wanted.Value);
        FrameTable.Transition(block, FrameState.Free, FrameState.Inner, _zoneBits);
        _freeFrames -= wanted.FrameCount;
        return FrameNumber.FromTrusted(_origin + block->BlockOffset);
    }

    /// <summary>The buddy of a block when it is free and whole, else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly FrameDescriptor* FindFreeBuddy(uint offset, int order)
    {
        if (order == Order.MaxValue) return null;
        FrameDescriptor* buddy = _table.Find(FrameNumber.FromTrusted(_origin + (offset ^ (1U << order))));
        return buddy != null && buddy->Header == ((uint)FrameState.Free | FreeRest(order)) ? buddy : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As Split.
    private void Merge(FrameDescriptor* block, FrameDescriptor* buddy, uint offset, int order)
    {
        do
        {
            Unlink(buddy, order);
            FrameTable.Transition(buddy, FrameState.Free, FrameState.Inner, _zoneBits);
            uint bit = 1U << order;
            if ((offset & bit) != 0) block = buddy;
            offset &= ~bit;
            order++;
            buddy = FindFreeBuddy(offset, order);
        }
        while (buddy != null);

        Push(block, offset, order);
    }

    /// <summary>Halves a block that is in no list until it has the wanted order; the upper halves go into their lists.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Keeps the registers of the way without a split free.
    private void Split(FrameDescriptor* block, int order, int wanted)
    {
        while (order > wanted)
        {
            order--;
            Push(block + (1U << order), block->BlockOffset + (1U << order), order);
        }
    }

    /// <summary>Makes an Inner frame the first of a free block, in the list of its order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(FrameDescriptor* block, uint offset, int order)
    {
        FrameTable.Transition(block, FrameState.Inner, FrameState.Free, FreeRest(order));
        uint number = _table.NumberOf(block);
        uint next = _first[order];
        block->BlockOffset = offset;
        block->Next = next;
        if (next != FrameDescriptor.NoLink) _table.At(next)->Previous = number;
        _first[order] = number;
        _count[order] = _count[order] + 1; // One instruction; ++ takes the address first.
        _nonEmpty |= 1U << order;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pop(FrameDescriptor* first, int order)
    {
        uint next = first->Next;
        _first[order] = next;
        _count[order] = _count[order] - 1;
        if (next == FrameDescriptor.NoLink) _nonEmpty &= ~(1U << order);
    }

    private void Unlink(FrameDescriptor* block, int order)
    {
        if (_table.NumberOf(block) == _first[order])
        {
            Pop(block, order);
            return;
        }

        _count[order] = _count[order] - 1;
        _table.At(block->Previous)->Next = block->Next;
        if (block->Next != FrameDescriptor.NoLink) _table.At(block->Next)->Previous = block->Previous;
    }
}
