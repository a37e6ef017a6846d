using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Checks the invariants of a <see cref="BuddyAllocator"/>.</summary>
internal readonly unsafe struct BuddyValidator
{
    private const string I1 = "I1: each managed frame lies in exactly one block";
    private const string I2 = "I2: a block is aligned to its size and lies in the allocator's zone";
    private const string I3 = "I3: list k holds exactly the free blocks of order k, and each block knows its offset";
    private const string I4 = "I4: bit k is set exactly when list k has a block";
    private const string I5 = "I5: no two free blocks are buddies";
    private const string I6 = "I6: the free frames are those of the free blocks, the managed ones those of all blocks";
    private const string I7 = "I7: an allocated block has at least one reference";

    private readonly FrameTable _table;
    private readonly ulong _origin;
    private readonly ulong _freeFrames;
    private readonly ulong _managedFrames;
    private readonly byte _zone;
    private readonly Lists _lists;

    internal BuddyValidator(in FrameTable table, in BuddyAllocator allocator)
    {
        _table = table;
        _origin = allocator.Origin;
        _freeFrames = allocator.FreeFrames;
        _managedFrames = allocator.ManagedFrames;
        _zone = allocator.Zone;
        _lists = new Lists(in allocator);
    }

    internal string? Validate() => ValidateLists(out ulong listedBlocks) ?? ValidateFrames(listedBlocks);

    private string? ValidateLists(out ulong listedBlocks)
    {
        listedBlocks = 0;
        for (int order = 0; order < Order.Count; order++)
        {
            if (!IsListRight(order)) return I3;
            uint count = _lists.Count(order);
            if ((_lists.NonEmpty >> order & 1) != (count != 0 ? 1U : 0U)) return I4;
            listedBlocks += count;
        }

        return null;
    }

    private bool IsListRight(int order)
    {
        uint left = _lists.Count(order);
        uint previous = FrameDescriptor.NoLink;
        for (uint number = _lists.First(order); number != FrameDescriptor.NoLink; number = _table.At(number)->Next)
        {
            if (left-- == 0) return false;
            FrameDescriptor* block = _table.At(number);
            if (block->State != FrameState.Free || block->OrderValue != order || block->Zone != _zone) return false;
            if (previous != FrameDescriptor.NoLink && block->Previous != previous) return false;

            FrameNumber frame = FrameNumber.FromTrusted(_origin + block->BlockOffset);
            if (!_table.TryFind(frame, out FrameDescriptor* found) || found != block) return false;
            previous = number;
        }

        return left == 0;
    }

    private string? ValidateFrames(ulong listedBlocks)
    {
        Totals totals = default;
        for (ulong slot = 0; slot < _table.SlotCount; slot++)
        {
            FrameRange frames = _table.SlotFrames(slot, out FrameDescriptor* first);
            for (ulong i = 0; i < frames.Count; i++)
            {
                string? broken = ValidateFrame(frames.Start + i, first + i, ref totals);
                if (broken != null) return broken;
            }
        }

        if (totals.FreeBlocks != listedBlocks) return I3;
        if (totals.InBlocks != totals.Seen) return I1;
        return totals.Free != _freeFrames || totals.Seen != _managedFrames ? I6 : null;
    }

    private string? ValidateFrame(FrameNumber frame, FrameDescriptor* descriptor, ref Totals totals)
    {
        if (descriptor->Zone != _zone) return null;
        totals.Seen++;
        if (descriptor->State == FrameState.Inner) return null;
        if (descriptor->State is not (FrameState.Free or FrameState.Allocated or FrameState.Cached)) return I1;

        int order = descriptor->OrderValue;
        if (order > Order.MaxValue || !frame.IsAligned(Order.FromTrusted(order))) return I2;
        ulong count = 1UL << order;
        totals.InBlocks += count;
        if (!_table.TryFindRun(new FrameRange(frame, count), out _)) return I2;
        for (ulong i = 1; i < count; i++)
        {
            if (descriptor[i].State != FrameState.Inner) return I1;
            if (descriptor[i].Zone != _zone) return I2;
        }

        if (frame.Value != _origin + descriptor->BlockOffset) return I3;
        if (descriptor->State == FrameState.Cached) return order == 0 ? null : I2;
        if (descriptor->State == FrameState.Allocated) return descriptor->ReferenceCount == 0 ? I7 : null;
        totals.Free += count;
        totals.FreeBlocks++;
        return HasFreeBuddy(frame, order) ? I5 : null;
    }

    private bool HasFreeBuddy(FrameNumber frame, int order) =>
        order < Order.MaxValue &&
        _table.TryFind(frame.Buddy(Order.FromTrusted(order)), out FrameDescriptor* buddy) &&
        buddy->State == FrameState.Free && buddy->OrderValue == order && buddy->Zone == _zone;

    /// <summary>What the frames add up to; two blocks cannot overlap unseen, since the second's first frame would not be Inner.</summary>
    private struct Totals
    {
        internal ulong Seen;
        internal ulong InBlocks;
        internal ulong Free;
        internal ulong FreeBlocks;
    }

    /// <summary>The allocator's lists as they are now.</summary>
    private struct Lists
    {
        internal readonly uint NonEmpty;
        private fixed uint _first[Order.Count];
        private fixed uint _count[Order.Count];

        internal Lists(in BuddyAllocator allocator)
        {
            NonEmpty = allocator.NonEmptyOrders;
            for (int order = 0; order < Order.Count; order++)
            {
                _first[order] = allocator.FirstNumber(order);
                _count[order] = allocator.FreeBlocks(Order.FromTrusted(order));
            }
        }

        internal readonly uint First(int order) => _first[order];

        internal readonly uint Count(int order) => _count[order];
    }
}
