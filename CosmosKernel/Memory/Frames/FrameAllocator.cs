using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>An allocator of a zone's frames: an algorithm that finds blocks, and the frame table that knows what was handed out.</summary>
/// <typeparam name="TBlocks">The algorithm.</typeparam>
/// <remarks>
/// <para>
/// Theory. What an algorithm must get right is small: never the same frame twice. What a caller can get wrong is much: a block freed
/// twice, with another order, from its middle, while others use it. The two do not meet: this struct writes each block that is
/// handed out into the frame table (the first frame is Allocated with its order, the others are Inner) and looks there first when
/// one comes back. So every algorithm refuses the same mistakes by the same names, and none of them spends a line on it.
/// </para>
/// <para>
/// A run of frames is a row of blocks, each the largest that fits at its start; so any part of a run that is whole blocks can be
/// freed, and freeing needs no record of runs.
/// </para>
/// <para>Invariants, besides the algorithm's own:</para>
/// <list type="bullet">
/// <item>A1 Each managed frame lies in exactly one allocated or cached block, or is free to the algorithm.</item>
/// <item>A2 An allocated or cached block is aligned to its size, its frames but the first are Inner and in the zone, its offset is right.</item>
/// <item>A3 An allocated block has at least one reference.</item>
/// <item>A4 The managed frames are those that carry the zone's number.</item>
/// </list>
/// <para>
/// Cost: the algorithm's, and two look-ups in the table. Locking: none, the caller holds the zone's lock. Allocated blocks may be freed into caches
/// beside that, so a free is one step (<see cref="FrameTable.TryTakeIn"/>); <see cref="CheckRun"/> only reads descriptors and needs no lock.
/// </para>
/// </remarks>
public unsafe struct FrameAllocator<TBlocks> : IFrameAllocator
    where TBlocks : unmanaged, IBlockAllocator
{
    private const uint NoZoneBits = (uint)FrameDescriptor.NoZone << FrameDescriptor.ZoneShift;

    private readonly FrameTable _table;
    private readonly ulong _origin;
    private readonly uint _zoneBits;
    private TBlocks _blocks;
    private ulong _managedFrames;
    private fixed ulong _refusals[FreeResults.Count];

    /// <summary>An allocator of <paramref name="zone"/> without frames.</summary>
    /// <param name="zone">Where its frames will lie.</param>
    /// <param name="storage"><see cref="MetadataBytes"/> bytes at a multiple of 64, to keep.</param>
    public FrameAllocator(in ZoneFrames zone, byte* storage)
    {
        this = default;
        _table = zone.Table;
        _origin = zone.Origin;
        _zoneBits = (uint)zone.Number << FrameDescriptor.ZoneShift;
        _blocks = default;
        _blocks.Initialize(in zone, storage);
    }

    /// <inheritdoc/>
    public readonly ulong ManagedFrames => _managedFrames;

    /// <inheritdoc/>
    public readonly ulong FreeFrames => _blocks.FreeFrames;

    /// <summary>The algorithm, for reading.</summary>
    public readonly TBlocks Blocks => _blocks;

    /// <summary>The storage that an allocator of a zone of so many chunks wants.</summary>
    public static ulong MetadataBytes(uint chunkCount) => default(TBlocks).MetadataBytes(chunkCount);

    /// <inheritdoc/>
    public readonly ulong FreeBlocks(Order order) => _blocks.FreeBlocks(order);

    /// <inheritdoc/>
    public readonly ulong RefusalsFor(FreeResult reason) => _refusals[(int)reason];

    /// <inheritdoc/>
    public bool TryAdopt(FrameRange frames)
    {
        if (frames.IsEmpty) return true;
        if (frames.Start.Value < _origin || frames.End.Value - _origin > ZoneFrames.ReachFrames) return false;
        if (!_table.TryFindRun(frames, out FrameDescriptor* first) || !AreReserved(first, frames.Count)) return false;

        for (FrameDescriptor* end = first + frames.Count; first < end; first++)
        {
            FrameTable.Transition(first, FrameState.Reserved, FrameState.Inner, _zoneBits);
        }

        _managedFrames += frames.Count;
        _blocks.Add(frames);
        return true;
    }

    /// <inheritdoc/>
    public bool TryWithdraw(FrameRange frames)
    {
        if (frames.IsEmpty) return true;
        if (!_table.TryFindRun(frames, out FrameDescriptor* first) || !AreOurs(first, frames) || !_blocks.TryRemove(frames)) return false;

        for (FrameDescriptor* end = first + frames.Count; first < end; first++) FrameTable.Transition(first, FrameState.Inner, FrameState.Reserved, NoZoneBits);
        _managedFrames -= frames.Count;
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllocate(Order order, out FrameNumber frame) => TryAllocate(order, FrameOwner.None, out frame);

    /// <summary>Allocates a block for <paramref name="owner"/>; false when none of this order can be had.</summary>
    public bool TryAllocate(Order order, FrameOwner owner, out FrameNumber frame)
    {
        if (!_blocks.TryTake(order, out frame)) return false;
        MarkAllocated(_table.Find(frame), frame, order, owner);
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames) =>
        TryAllocateRun(frameCount, alignment, limit, FrameOwner.None, out frames);

    /// <summary>Allocates a run for <paramref name="owner"/>; see the interface.</summary>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, FrameOwner owner, out FrameRange frames)
    {
        if (frameCount == 0 || !_blocks.TryTakeRun(frameCount, alignment, limit, out frames))
        {
            frames = default;
            return false;
        }

        MarkRun(_table.Find(frames.Start), frames, owner);
        return true;
    }

    /// <summary>Allocates these frames as a run for <paramref name="owner"/>; false, with nothing changed, when one is not free.</summary>
    internal bool TryAllocateAt(FrameRange frames, FrameOwner owner)
    {
        if (!_table.TryFindRun(frames, out FrameDescriptor* first) || !AreOurs(first, frames) || !_blocks.TryRemove(frames)) return false;
        MarkRun(first, frames, owner);
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

        FrameDescriptor* block = _table.Find(frames.Start);
        while (!frames.IsEmpty)
        {
            Order order = Order.FromTrusted(block->OrderValue);
            Free(block, frames.Start, order);
            block += order.FrameCount;
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }

        return FreeResult.Ok;
    }

    /// <inheritdoc/>
    public readonly bool IsFree(FrameNumber frame)
    {
        FrameDescriptor* descriptor = _table.Find(frame);
        return descriptor != null && IsOurs(descriptor) && descriptor->State is FrameState.Free or FrameState.Inner && _blocks.IsFree(frame);
    }

    /// <inheritdoc/>
    public readonly string? Validate() => _blocks.Validate() ?? new FrameAllocatorValidator<TBlocks>(in _table, in this, _zoneBits, _origin).Validate();

    /// <summary>Frees the block at <paramref name="frame"/>, whose descriptor is <paramref name="block"/>.</summary>
    internal FreeResult Free(FrameDescriptor* block, FrameNumber frame, Order order) => Free(block, frame, order, default(MachineWords));

    /// <summary>The same, where processors share words as <paramref name="words"/> has them.</summary>
    internal FreeResult Free<TWords>(FrameDescriptor* block, FrameNumber frame, Order order, TWords words)
        where TWords : struct, ISharedWords
    {
        uint expected = (uint)FrameState.Allocated | _zoneBits | (uint)order.Value << FrameDescriptor.OrderShift;
        uint header = FrameTable.HeaderOf(block, words);
        bool isFreed = (header & ~FrameDescriptor.OwnerMask) == expected && FrameTable.ReferencesOf(block, words) == 1
            && FrameTable.TryTakeIn(block, header, (uint)FrameState.Inner | _zoneBits, words);
        if (!isFreed) return Refuse(block, frame, order);
        _blocks.Give(frame, order);
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

    /// <summary>Loads up to <paramref name="wanted"/> single frames into <paramref name="cache"/>, whose loaded stack is empty.</summary>
    /// <returns>How many.</returns>
    internal uint Fill(ref PerCpuCache cache, uint wanted)
    {
        FrameDescriptor* first = null;
        FrameDescriptor* last = null;
        uint count = 0;
        for (; count < wanted && _blocks.TryTake(Order.Zero, out FrameNumber frame); count++)
        {
            FrameDescriptor* taken = _table.Find(frame);
            FrameTable.Transition(taken, FrameState.Inner, FrameState.Cached, _zoneBits);
            taken->BlockOffset = (uint)(frame.Value - _origin);
            if (last == null) first = taken;
            else last->NextCached = taken;
            last = taken;
        }

        if (last != null) last->NextCached = null;
        cache.Load(first, count);
        return count;
    }

    /// <summary>Takes back a stack of a cache.</summary>
    internal void TakeBack(FrameDescriptor* stack)
    {
        while (stack != null)
        {
            FrameDescriptor* next = stack->NextCached;
            Order order = Order.FromTrusted(stack->OrderValue);
            FrameTable.Transition(stack, FrameState.Cached, FrameState.Inner, _zoneBits);
            _blocks.Give(FrameNumber.FromTrusted(_origin + stack->BlockOffset), order);
            stack = next;
        }
    }

    private static bool AreReserved(FrameDescriptor* first, ulong count)
    {
        for (FrameDescriptor* end = first + count; first < end; first++)
        {
            if (first->State != FrameState.Reserved) return false;
        }

        return true;
    }

    /// <summary>Whether the frames are in the zone, none of them allocated or cached.</summary>
    private readonly bool AreOurs(FrameDescriptor* first, FrameRange frames)
    {
        for (FrameDescriptor* end = first + frames.Count; first < end; first++)
        {
            if (!IsOurs(first) || first->State is not (FrameState.Free or FrameState.Inner)) return false;
        }

        return true;
    }

    private readonly void MarkRun(FrameDescriptor* block, FrameRange frames, FrameOwner owner)
    {
        while (!frames.IsEmpty)
        {
            Order order = Order.LargestAt(frames.Start, frames.Count);
            MarkAllocated(block, frames.Start, order, owner);
            block += order.FrameCount;
            frames = FrameRange.FromBounds(frames.Start + order.FrameCount, frames.End);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsOurs(FrameDescriptor* descriptor) =>
        (descriptor->Header >> FrameDescriptor.ZoneShift) == _zoneBits >> FrameDescriptor.ZoneShift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void MarkAllocated(FrameDescriptor* block, FrameNumber frame, Order order, FrameOwner owner)
    {
        uint rest = _zoneBits | (uint)order.Value << FrameDescriptor.OrderShift | (uint)owner << FrameDescriptor.OwnerShift;
        FrameTable.Transition(block, FrameState.Inner, FrameState.Allocated, rest);
        block->BlockOffset = (uint)(frame.Value - _origin);
        block->ReferenceCount = 1;
    }

    /// <summary>The reason to refuse this free; <see cref="FreeResult.Ok"/> when there is none.</summary>
    private readonly FreeResult Classify(FrameDescriptor* block, FrameNumber frame, Order order)
    {
        if (block->State == FrameState.Absent) return FreeResult.Foreign;
        if (block->State == FrameState.Reserved) return FreeResult.Reserved;
        if (!IsOurs(block)) return FreeResult.Foreign;
        if (block->State is FrameState.Free or FrameState.Cached) return FreeResult.DoubleFree;
        if (block->State == FrameState.Inner) return IsAllocated(frame) ? FreeResult.InsideBlock : FreeResult.DoubleFree;
        if (!frame.IsAligned(order)) return FreeResult.Misaligned;
        if (block->OrderValue != order.Value) return FreeResult.WrongOrder;
        return block->ReferenceCount == 1 ? FreeResult.Ok : FreeResult.Shared;
    }

    /// <summary>Whether a frame that starts no block lies in an allocated one; else it is free, or in a block that a cache has.</summary>
    private readonly bool IsAllocated(FrameNumber frame)
    {
        FrameDescriptor* first = _table.FindBlock(frame, out _);
        return first != null && first->State == FrameState.Allocated;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FreeResult Refuse(FrameDescriptor* block, FrameNumber frame, Order order)
    {
        // What looks right by now was freed, and handed out again, by others meanwhile.
        FreeResult reason = Classify(block, frame, order);
        return Refuse(reason == FreeResult.Ok ? FreeResult.DoubleFree : reason);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FreeResult Refuse(FreeResult reason)
    {
        _refusals[(int)reason]++;
        return reason;
    }
}
