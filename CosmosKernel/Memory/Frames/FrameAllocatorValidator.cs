using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Checks what a <see cref="FrameAllocator{TBlocks}"/> promises besides its algorithm.</summary>
internal readonly unsafe struct FrameAllocatorValidator<TBlocks>
    where TBlocks : unmanaged, IBlockAllocator
{
    private const string A1 = "A1: each managed frame lies in exactly one allocated or cached block, or is free to the algorithm";
    private const string A2 = "A2: an allocated or cached block is aligned, its frames but the first are Inner, its offset is right";
    private const string A3 = "A3: an allocated block has at least one reference";
    private const string A4 = "A4: the managed frames are those that carry the zone's number";

    private readonly FrameTable _table;
    private readonly TBlocks _blocks;
    private readonly ulong _managedFrames;
    private readonly ulong _origin;
    private readonly byte _zone;

    internal FrameAllocatorValidator(in FrameTable table, in FrameAllocator<TBlocks> allocator, uint zoneBits, ulong origin)
    {
        _table = table;
        _blocks = allocator.Blocks;
        _managedFrames = allocator.ManagedFrames;
        _origin = origin;
        _zone = (byte)(zoneBits >> FrameDescriptor.ZoneShift);
    }

    internal string? Validate()
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

        if (totals.Seen != _managedFrames) return A4;
        return totals.Free != _blocks.FreeFrames || totals.Free + totals.Cached + totals.Allocated != totals.Seen ? A1 : null;
    }

    private string? ValidateFrame(FrameNumber frame, FrameDescriptor* descriptor, ref Totals totals)
    {
        if (descriptor->Zone != _zone) return null;
        totals.Seen++;
        switch (descriptor->State)
        {
            case FrameState.Cached:
                totals.Cached += 1UL << descriptor->OrderValue;
                return ValidateBlock(frame, descriptor);
            case FrameState.Free or FrameState.Inner:
                if (_blocks.IsFree(frame)) totals.Free++;
                return null;
            case FrameState.Allocated:
                totals.Allocated += 1UL << descriptor->OrderValue;
                return ValidateBlock(frame, descriptor);
            default:
                return A1;
        }
    }

    private string? ValidateBlock(FrameNumber frame, FrameDescriptor* block)
    {
        if (block->OrderValue > Order.MaxValue || frame.Value != _origin + block->BlockOffset) return A2;
        Order order = Order.FromTrusted(block->OrderValue);
        if (!frame.IsAligned(order) || !_table.TryFindRun(new FrameRange(frame, order.FrameCount), out _)) return A2;
        for (ulong i = 0; i < order.FrameCount; i++)
        {
            if (i != 0 && (block[i].State != FrameState.Inner || block[i].Zone != _zone)) return A2;
            if (_blocks.IsFree(frame + i)) return A1;
        }

        return block->State == FrameState.Allocated && block->ReferenceCount == 0 ? A3 : null;
    }

    /// <summary>What the frames add up to; two blocks cannot overlap unseen, since the second's first frame would not be Inner.</summary>
    private struct Totals
    {
        internal ulong Seen;
        internal ulong Free;
        internal ulong Cached;
        internal ulong Allocated;
    }
}
