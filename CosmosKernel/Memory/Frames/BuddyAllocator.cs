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
/// shift and a count of zeros, without a search. Only first frames carry data. The others of a block are
/// <see cref="FrameState.Inner"/>, free or not, so splitting and merging write a constant number of descriptors an order,
/// and a frame inside a block can be told from one that starts one: that is how each wrong free gets its name.
/// A block in a list knows its start as an offset from the origin (the zone's first frame, rounded down to the largest order),
/// because a list gives descriptors and the caller wants frames.
/// </para>
/// <para>
/// Lists are last in, first out: what was freed last is likeliest to be in the processor's cache. The link back of a list's
/// first block is not kept up, so taking the first block does not touch the second.
/// </para>
/// <para>Invariants:</para>
/// <list type="bullet">
/// <item>I1 Each managed frame lies in exactly one block, free, allocated or a cached frame; a block's frames but the first are Inner.</item>
/// <item>I2 A block is aligned to its size and lies in the allocator's zone.</item>
/// <item>I3 List k holds exactly the free blocks of order k, each once, with right links and count; every block has its right offset.</item>
/// <item>I4 Bit k of the word is set exactly when list k has a block.</item>
/// <item>I5 No two free blocks are buddies of each other.</item>
/// <item>I6 The free frames are those of the free blocks; the managed ones those of all blocks.</item>
/// <item>I7 An allocated block has at least one reference.</item>
/// </list>
/// <para>
/// Cost. Allocating and freeing take O(orders) in the worst case, and no loop at all when a block of the wanted order is
/// free, or the freed block's buddy is not. Storage: none but the frame table. Locking: none, the zone's lock is held.
/// </para>
/// </remarks>
public unsafe partial struct BuddyAllocator : IFrameAllocator
{
    /// <summary>Offsets have 32 bits: the frames from the origin on that an allocator can manage, 16 TiB.</summary>
    public const ulong ReachFrames = 1UL << 32;

    private readonly FrameTable _table;
    private readonly ulong _origin;
    private readonly uint _zoneBits;
    private uint _nonEmpty;
    private ulong _freeFrames;
    private ulong _managedFrames;
    private fixed uint _first[Order.Count];
    private fixed uint _count[Order.Count];
    private fixed uint _refusals[FreeResults.Count];

    /// <summary>An allocator of zone <paramref name="zone"/> (below 255) without frames, for frames at or above <paramref name="lowest"/>.</summary>
    public BuddyAllocator(in FrameTable table, byte zone, FrameNumber lowest)
    {
        KernelAssert.That(zone != FrameDescriptor.NoZone, "BuddyAllocator: no such zone");
        _table = table;
        _origin = lowest.AlignDown(Order.Max).Value;
        _zoneBits = (uint)zone << FrameDescriptor.ZoneShift;
        _nonEmpty = 0;
        _freeFrames = 0;
        _managedFrames = 0;
        for (int order = 0; order < Order.Count; order++)
        {
            _first[order] = FrameDescriptor.NoLink;
            _count[order] = 0;
        }

        for (int i = 0; i < FreeResults.Count; i++) _refusals[i] = 0;
    }

    /// <inheritdoc/>
    public readonly ulong ManagedFrames => _managedFrames;

    /// <inheritdoc/>
    public readonly ulong FreeFrames => _freeFrames;

    /// <summary>The number of free blocks of exactly this order.</summary>
    public readonly uint FreeBlocks(Order order) => _count[order.Value];

    /// <inheritdoc/>
    public readonly ulong RefusalsFor(FreeResult reason) => _refusals[(int)reason];

    /// <inheritdoc/>
    public bool TryAdopt(FrameRange frames)
    {
        if (frames.IsEmpty) return true;
        if (frames.Start.Value < _origin || frames.End.Value - _origin > ReachFrames) return false;
        if (!_table.TryFindRun(frames, out FrameDescriptor* first) || !AreReserved(first, frames.Count)) return false;

        while (!frames.IsEmpty)
        {
            Order order = Order.LargestAt(frames.Start, frames.Count);
            FrameTable.Transition(first, FrameState.Reserved, FrameState.Free, FreeRest(order.Value));
            for (ulong i = 1; i < order.FrameCount; i++)
            {
                FrameTable.Transition(first + i, FrameState.Reserved, FrameState.Inner, _zoneBits);
            }

            Return(first, (uint)(frames.Start.Value - _origin), order.Value);
            _managedFrames += order.FrameCount;
            first += order.FrameCount;
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryAllocate(Order order, out FrameNumber frame) => TryAllocate(order, FrameOwner.None, out frame);

    /// <summary>Allocates a block for <paramref name="owner"/>; false when none of this order can be had.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAllocate(Order order, FrameOwner owner, out FrameNumber frame)
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
        if (found != order.Value) Split(block, found, order.Value);
        frame = FrameNumber.FromTrusted(_origin + block->BlockOffset);
        FrameTable.Transition(block, FrameState.Free, FrameState.Allocated, AllocatedRest(order.Value, owner));
        block->ReferenceCount = 1;
        _freeFrames -= order.FrameCount;
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllocateRun(ulong frameCount, out FrameRange frames) => TryAllocateRun(frameCount, FrameOwner.None, out frames);

    /// <summary>Allocates <paramref name="frameCount"/> frames in a row for <paramref name="owner"/>; false when they cannot be had.</summary>
    public bool TryAllocateRun(ulong frameCount, FrameOwner owner, out FrameRange frames)
    {
        if (!Order.TryForFrameCount(frameCount, out Order order) || !TryAllocate(order, owner, out FrameNumber start))
        {
            frames = default;
            return false;
        }

        frames = new FrameRange(start, frameCount);
        if (frameCount != order.FrameCount) Trim(frames, order.Value, owner);
        return true;
    }

    /// <inheritdoc/>
    public FreeResult Free(FrameNumber frame, Order order)
    {
        FrameDescriptor* block = _table.Find(frame);
        return block != null ? Free(block, frame, order) : Refuse(FreeResult.Foreign);
    }

    /// <inheritdoc/>
    public FreeResult FreeRun(FrameRange frames)
    {
        FreeResult check = CheckRun(frames);
        if (check != FreeResult.Ok) return Refuse(check);

        while (!frames.IsEmpty)
        {
            FrameDescriptor* block = _table.Find(frames.Start);
            Order order = Order.FromTrusted(block->OrderValue);
            Free(block, frames.Start, order);
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }

        return FreeResult.Ok;
    }

    /// <inheritdoc/>
    public readonly string? Validate() => new BuddyValidator(in _table, in this).Validate();

    /// <summary>Frees the block at <paramref name="frame"/>, whose descriptor is <paramref name="block"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FreeResult Free(FrameDescriptor* block, FrameNumber frame, Order order)
    {
        uint expected = (uint)FrameState.Allocated | AllocatedRest(order.Value, FrameOwner.None);
        if ((block->Header & ~FrameDescriptor.OwnerMask) != expected || block->ReferenceCount != 1)
        {
            return Refuse(Classify(block, frame, order));
        }

        FrameTable.Transition(block, FrameState.Allocated, FrameState.Free, FreeRest(order.Value));
        Return(block, (uint)(frame.Value - _origin), order.Value);
        return FreeResult.Ok;
    }

    /// <summary>Whether <paramref name="frames"/> are exactly a row of allocated blocks, and if not, why.</summary>
    internal readonly FreeResult CheckRun(FrameRange frames)
    {
        if (frames.IsEmpty) return FreeResult.WrongOrder;
        FrameNumber at = frames.Start;
        while (at < frames.End)
        {
            FrameDescriptor* block = _table.Find(at);
            FreeResult result = block != null ? Classify(block, at, Order.FromTrusted(block->OrderValue)) : FreeResult.Foreign;
            if (result != FreeResult.Ok) return at == frames.Start ? result : FreeResult.OverFree;
            at += 1UL << block->OrderValue;
        }

        return at == frames.End ? FreeResult.Ok : FreeResult.WrongOrder;
    }

    /// <summary>The reason to refuse this free; <see cref="FreeResult.Ok"/> when there is none. O(orders).</summary>
    internal readonly FreeResult Classify(FrameDescriptor* block, FrameNumber frame, Order order)
    {
        if (block->State == FrameState.Absent) return FreeResult.Foreign;
        if (block->State == FrameState.Reserved) return FreeResult.Reserved;
        if ((block->Header >> FrameDescriptor.ZoneShift) != _zoneBits >> FrameDescriptor.ZoneShift) return FreeResult.Foreign;
        if (block->State is FrameState.Free or FrameState.Cached) return FreeResult.DoubleFree;
        if (block->State == FrameState.Inner) return IsInFreeBlock(frame) ? FreeResult.DoubleFree : FreeResult.InsideBlock;
        if (!frame.IsAligned(order)) return FreeResult.Misaligned;
        if (block->OrderValue != order.Value) return FreeResult.WrongOrder;
        return block->ReferenceCount == 1 ? FreeResult.Ok : FreeResult.Shared;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal FreeResult Refuse(FreeResult reason)
    {
        _refusals[(int)reason]++;
        return reason;
    }

    internal readonly uint FirstNumber(int order) => _first[order];

    internal readonly uint NonEmptyOrders => _nonEmpty;

    internal readonly ulong Origin => _origin;

    internal readonly byte Zone => (byte)(_zoneBits >> FrameDescriptor.ZoneShift);

    private static bool AreReserved(FrameDescriptor* first, ulong count)
    {
        for (FrameDescriptor* end = first + count; first < end; first++)
        {
            if (first->State != FrameState.Reserved) return false;
        }

        return true;
    }

    /// <summary>Whether the Inner frame lies in a free block: the first frame of the block that reaches over it is asked.</summary>
    private readonly bool IsInFreeBlock(FrameNumber frame)
    {
        for (int order = 1; order <= Order.MaxValue; order++)
        {
            FrameDescriptor* head = _table.Find(frame.AlignDown(Order.FromTrusted(order)));
            if (head == null) return false;
            if (head->State is FrameState.Free or FrameState.Allocated && head->OrderValue >= order) return head->State == FrameState.Free;
        }

        return false;
    }

    private readonly uint FreeRest(int order) => _zoneBits | (uint)order << FrameDescriptor.OrderShift;

    private readonly uint AllocatedRest(int order, FrameOwner owner) =>
        _zoneBits | (uint)order << FrameDescriptor.OrderShift | (uint)owner << FrameDescriptor.OwnerShift;

    /// <summary>Merges a block that became free with its free buddies, and puts the result in its list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Return(FrameDescriptor* block, uint offset, int order)
    {
        _freeFrames += 1UL << order;
        FrameDescriptor* buddy = FindFreeBuddy(offset, order);
        if (buddy == null) Push(block, offset, order);
        else Merge(block, buddy, offset, order);
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
            uint bit = 1U << order;
            bool isUpper = (offset & bit) != 0;
            FrameTable.Transition(isUpper ? block : buddy, FrameState.Free, FrameState.Inner, _zoneBits);
            if (isUpper) block = buddy;
            offset &= ~bit;
            order++;
            buddy = FindFreeBuddy(offset, order);
        }
        while (buddy != null);

        FrameTable.Transition(block, FrameState.Free, FrameState.Free, FreeRest(order));
        Push(block, offset, order);
    }

    /// <summary>Halves a block that is in no list until it has the wanted order; the upper halves go into their lists.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Keeps the registers of the way without a split free.
    private void Split(FrameDescriptor* block, int order, int wanted)
    {
        while (order > wanted)
        {
            order--;
            FrameDescriptor* upper = block + (1U << order);
            FrameTable.Transition(upper, FrameState.Inner, FrameState.Free, FreeRest(order));
            Push(upper, block->BlockOffset + (1U << order), order);
        }
    }

    /// <summary>Gives back what an allocated block has beyond <paramref name="kept"/>, which becomes a row of smaller blocks.</summary>
    private void Trim(FrameRange kept, int order, FrameOwner owner)
    {
        FrameDescriptor* block = _table.Find(kept.Start);
        uint offset = (uint)(kept.Start.Value - _origin);
        ulong wanted = kept.Count;
        while (wanted != 1UL << order)
        {
            order--;
            uint half = 1U << order;
            FrameDescriptor* upper = block + half;
            FrameTable.Transition(block, FrameState.Allocated, FrameState.Allocated, AllocatedRest(order, owner));
            if (wanted <= half)
            {
                FrameTable.Transition(upper, FrameState.Inner, FrameState.Free, FreeRest(order));
                Push(upper, offset + half, order);
                _freeFrames += half;
                continue;
            }

            FrameTable.Transition(upper, FrameState.Inner, FrameState.Allocated, AllocatedRest(order, owner));
            upper->ReferenceCount = 1;
            offset += half;
            upper->BlockOffset = offset;
            block = upper;
            wanted -= half;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(FrameDescriptor* block, uint offset, int order)
    {
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
