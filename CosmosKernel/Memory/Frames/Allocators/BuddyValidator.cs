using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Checks the invariants of a <see cref="BuddyAllocator"/>.</summary>
internal readonly unsafe struct BuddyValidator
{
    private const string I1 = "I1: list k holds exactly the free blocks of order k, and each block knows its offset";
    private const string I2 = "I2: a free block is aligned to its size, lies in the zone, and is Inner but for its first frame";
    private const string I3 = "I3: bit k is set exactly when list k has a block";
    private const string I4 = "I4: no two free blocks are buddies";
    private const string I5 = "I5: the free frames are those of the free blocks";

    private readonly FrameTable _table;
    private readonly ulong _origin;
    private readonly ulong _freeFrames;
    private readonly byte _zone;
    private readonly Lists _lists;

    internal BuddyValidator(in FrameTable table, in BuddyAllocator allocator)
    {
        _table = table;
        _origin = allocator.Origin;
        _freeFrames = allocator.FreeFrames;
        _zone = allocator.Zone;
        _lists = new Lists(in allocator);
    }

    internal string? Validate() => ValidateLists(out ulong listedBlocks) ?? ValidateBlocks(listedBlocks);

    private string? ValidateLists(out ulong listedBlocks)
    {
        listedBlocks = 0;
        for (int order = 0; order < Order.Count; order++)
        {
            if (!IsListRight(order)) return I1;
            uint count = _lists.Count(order);
            if ((_lists.NonEmpty >> order & 1) != (count != 0 ? 1U : 0U)) return I3;
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

    private string? ValidateBlocks(ulong listedBlocks)
    {
        ulong blocks = 0;
        ulong free = 0;
        for (ulong slot = 0; slot < _table.SlotCount; slot++)
        {
            FrameRange frames = _table.SlotFrames(slot, out FrameDescriptor* first);
            for (ulong i = 0; i < frames.Count; i++)
            {
                if (first[i].Zone != _zone || first[i].State != FrameState.Free) continue;
                string? broken = ValidateBlock(frames.Start + i, first + i);
                if (broken != null) return broken;
                blocks++;
                free += 1UL << first[i].OrderValue;
            }
        }

        if (blocks != listedBlocks) return I1;
        return free != _freeFrames ? I5 : null;
    }

    private string? ValidateBlock(FrameNumber frame, FrameDescriptor* first)
    {
        int order = first->OrderValue;
        if (order > Order.MaxValue || !frame.IsAligned(Order.FromTrusted(order))) return I2;
        ulong count = 1UL << order;
        if (!_table.TryFindRun(new FrameRange(frame, count), out _)) return I2;
        for (ulong i = 1; i < count; i++)
        {
            if (first[i].State != FrameState.Inner || first[i].Zone != _zone) return I2;
        }

        if (frame.Value != _origin + first->BlockOffset) return I1;
        return HasFreeBuddy(frame, order) ? I4 : null;
    }

    private bool HasFreeBuddy(FrameNumber frame, int order) =>
        order < Order.MaxValue &&
        _table.TryFind(frame.Buddy(Order.FromTrusted(order)), out FrameDescriptor* buddy) &&
        buddy->State == FrameState.Free && buddy->OrderValue == order && buddy->Zone == _zone;

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
                _count[order] = (uint)allocator.FreeBlocks(Order.FromTrusted(order));
            }
        }

        internal readonly uint First(int order) => _first[order];

        internal readonly uint Count(int order) => _count[order];
    }
}
