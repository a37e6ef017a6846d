using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Buddies for large blocks, a bitmap for small ones: small blocks fill up a few chunks and leave the others whole.</summary>
/// <remarks>
/// <para>
/// Theory. Large blocks are lost to small ones that live long: one frame in each 2 MiB, and no 2 MiB is left. Buddies alone send a
/// small request to the smallest block that holds it, wherever that is. Here blocks below the threshold (512 frames) come out of
/// chunks of 512 frames that were set aside for them, the lowest place first, and only when none of these has room
/// another chunk is carved from the buddies; so what is small keeps together, and what is left to the buddies are whole chunks.
/// A bitmap finds small blocks in a few words and needs no descriptor to merge them; buddies find a large one at once, however
/// much memory there is.
/// </para>
/// <para>
/// Structure. A <see cref="BuddyAllocator"/> and a <see cref="BitmapAllocator"/> over the same zone. A chunk belongs to the bitmap
/// while it is in use there, otherwise to the buddies; that is also how a block finds its way back, since by its order it cannot be
/// told: a run takes its last chunk only in part, and what is left of that becomes the bitmap's. RAM that does not fill an aligned
/// chunk is the bitmap's from the start. A chunk of the bitmap that is wholly free goes back to the buddies and merges. One is
/// kept, so that a frame that is allocated and freed at such a bound does not carve and merge each time; it goes back when a
/// large block cannot be had otherwise.
/// </para>
/// <para>
/// The threshold is data, from 1 to 512 frames. Below 512 the buddies split chunks down to it, and serve smaller blocks from what
/// is left of these when no chunk can be carved. What holds at every threshold: a block of any order is found when there is one.
/// </para>
/// <para>Invariants, besides those of its parts:</para>
/// <list type="bullet">
/// <item>I1 No free block of the buddies lies in a chunk that the bitmap has in use.</item>
/// <item>I2 At most one chunk of the bitmap is wholly free: the one kept.</item>
/// <item>I3 With a threshold of 512 frames no block of the buddies is smaller than a chunk.</item>
/// </list>
/// <para>
/// Cost. That of the part that serves; O(orders) more when a chunk is carved or goes back. Storage: the bitmap's. Locking: none,
/// the zone's lock is held.
/// </para>
/// </remarks>
public unsafe struct HybridAllocator : IBlockAllocator
{
    /// <summary>Blocks and runs of fewer frames come from the bitmap: as the chunk, so that the buddies have whole chunks only.</summary>
    public const ulong DefaultThreshold = FrameTable.ChunkFrames;

    private const uint NoChunk = uint.MaxValue;

    private BuddyAllocator _buddies;
    private BitmapAllocator _bitmap;
    private ZoneFrames _zone;
    private ulong _threshold;
    private int _largeOrder; // Blocks of this order and above are not below the threshold.
    private uint _kept; // The chunk that was wholly free last and stayed; it may have been taken from since.

    /// <inheritdoc/>
    public readonly ulong FreeFrames => _buddies.FreeFrames + _bitmap.FreeFrames;

    private static Order ChunkOrder => Order.FromTrusted(FrameTable.ChunkShift);

    internal readonly bool HasKept => _kept != NoChunk && _bitmap.IsWhole(_kept);

    /// <inheritdoc/>
    public readonly ulong MetadataBytes(uint chunkCount) => _bitmap.MetadataBytes(chunkCount) + _buddies.MetadataBytes(chunkCount);

    /// <inheritdoc/>
    public void Initialize(in ZoneFrames zone, byte* storage) => Initialize(in zone, storage, DefaultThreshold);

    /// <summary>As the other, with its own threshold.</summary>
    /// <param name="zone">Where its frames will lie.</param>
    /// <param name="storage"><see cref="MetadataBytes"/> bytes at a multiple of 64, to keep.</param>
    /// <param name="thresholdFrames">Blocks and runs of fewer frames come from the bitmap; 1 to 512.</param>
    public void Initialize(in ZoneFrames zone, byte* storage, ulong thresholdFrames)
    {
        KernelAssert.That(thresholdFrames - 1 < FrameTable.ChunkFrames, "HybridAllocator: no such threshold");
        _zone = zone;
        _bitmap.Initialize(in zone, storage);
        _buddies.Initialize(in zone, storage + _bitmap.MetadataBytes(zone.ChunkCount));
        _threshold = thresholdFrames;
        Order.TryForFrameCount(thresholdFrames, out Order large);
        _largeOrder = large.Value;
        _kept = NoChunk;
    }

    /// <inheritdoc/>
    public void Add(FrameRange frames)
    {
        uint chunk = _bitmap.ChunkAt(frames.Start);
        for (; !frames.IsEmpty; chunk++)
        {
            FrameRange part = BitmapAllocator.FirstPart(ref frames);
            if (part.Count == FrameTable.ChunkFrames && !_bitmap.IsInUse(chunk))
            {
                _buddies.Add(part);
                continue;
            }

            if (!_bitmap.IsInUse(chunk)) MoveToBitmap(chunk, part.Start);
            _bitmap.Add(part);
            Settle(chunk);
        }
    }

    /// <inheritdoc/>
    public bool TryRemove(FrameRange frames)
    {
        if (!AreFree(frames)) return false;

        uint chunk = _bitmap.ChunkAt(frames.Start);
        for (; !frames.IsEmpty; chunk++)
        {
            FrameRange part = BitmapAllocator.FirstPart(ref frames);
            if (part.Count != FrameTable.ChunkFrames && !_bitmap.IsInUse(chunk)) MoveToBitmap(chunk, part.Start);
            bool isRemoved = _bitmap.IsInUse(chunk) ? _bitmap.TryRemove(part) : _buddies.TryRemove(part);
            KernelAssert.That(isRemoved, "HybridAllocator: what was free is not");
        }

        return true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(Order order, out FrameNumber frame) =>
        (order.Value >= _largeOrder && _buddies.TryTake(order, out frame)) || TryTakeElsewhere(order, out frame);

    /// <inheritdoc/>
    public bool TryTakeRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        bool isSmall = frameCount < _threshold;
        if (isSmall && _bitmap.TryTakeRun(frameCount, alignment, limit, out frames)) return true;
        if (TryTakeFromChunks(frameCount, alignment, limit, out frames)) return true;
        if (TryReturnKept() && TryTakeFromChunks(frameCount, alignment, limit, out frames)) return true;
        return (!isSmall && _bitmap.TryTakeRun(frameCount, alignment, limit, out frames)) ||
            _buddies.TryTakeRun(frameCount, alignment, limit, out frames);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(FrameNumber frame, Order order)
    {
        uint chunk = _bitmap.ChunkAt(frame);
        if (_bitmap.IsInUse(chunk)) GiveToBitmap(chunk, frame, order);
        else _buddies.Give(frame, order);
    }

    /// <inheritdoc/>
    public readonly bool IsFree(FrameNumber frame) => _bitmap.IsInUse(_bitmap.ChunkAt(frame)) ? _bitmap.IsFree(frame) : _buddies.IsFree(frame);

    /// <inheritdoc/>
    public readonly ulong FreeBlocks(Order order)
    {
        ulong blocks = _buddies.FreeBlocks(order) + _bitmap.FreeBlocks(order);
        if (!HasKept || order < ChunkOrder) return blocks;

        // As if the kept chunk had gone back: it takes a buddy with it at each order up to where it ends.
        int merged = _buddies.MergedOrder(_bitmap.FramesOf(_kept).Start, ChunkOrder);
        if (order == ChunkOrder) blocks--;
        if (order.Value < merged) blocks--;
        return order.Value == merged ? blocks + 1 : blocks;
    }

    /// <inheritdoc/>
    public readonly string? Validate() => _buddies.Validate() ?? _bitmap.Validate() ?? new HybridValidator(in _zone, in _buddies, in _bitmap).Validate(_threshold, _kept);

    /// <summary>A small block from the bitmap; or a large one that the buddies do not have as they are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Keeps large blocks, which are served by the buddies nearly always, short.
    private bool TryTakeElsewhere(Order order, out FrameNumber frame)
    {
        if (order.Value >= _largeOrder)
        {
            return (TryReturnKept() && _buddies.TryTake(order, out frame)) || _bitmap.TryTake(order, out frame);
        }

        return _bitmap.TryTake(order, out frame) ||
            (TryCarve() && _bitmap.TryTake(order, out frame)) ||
            _buddies.TryTake(order, out frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // As above.
    private void GiveToBitmap(uint chunk, FrameNumber frame, Order order)
    {
        _bitmap.GiveFrom(chunk, frame, order);
        Settle(chunk);
        for (ulong given = FrameTable.ChunkFrames; given < order.FrameCount; given += FrameTable.ChunkFrames) Settle(++chunk);
    }

    /// <summary>Sets a chunk aside for small blocks, when none there has room; false when the buddies have no chunk.</summary>
    private bool TryCarve()
    {
        if (!_buddies.TryTake(ChunkOrder, out FrameNumber first)) return false;
        _bitmap.Add(new FrameRange(first, FrameTable.ChunkFrames));
        return true;
    }

    /// <summary>Moves what the buddies have free of the chunk around <paramref name="frame"/> to the bitmap: part of it comes or goes.</summary>
    private void MoveToBitmap(uint chunk, FrameNumber frame)
    {
        FrameRange window = new(frame.AlignDown(ChunkOrder), FrameTable.ChunkFrames);
        if (_buddies.TryRemove(window))
        {
            _bitmap.Add(window);
            return;
        }

        if (_threshold == FrameTable.ChunkFrames) return; // The buddies have whole chunks only.
        for (frame = window.Start; frame < window.End; frame++)
        {
            // Two short chunks may share a window.
            FrameRange single = new(frame, 1);
            if (_buddies.IsFree(frame) && _bitmap.ChunkAt(frame) == chunk && _buddies.TryRemove(single)) _bitmap.Add(single);
        }
    }

    /// <summary>Takes a run from the buddies, from a chunk's first frame on; what is left of its last chunk is the bitmap's then.</summary>
    private bool TryTakeFromChunks(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        if (alignment < ChunkOrder) alignment = ChunkOrder;
        if (!_buddies.TryTakeRun(frameCount, alignment, limit, out frames)) return false;

        FrameRange rest = FrameRange.FromBounds(frames.End, frames.End.AlignUp(ChunkOrder));
        if (rest.IsEmpty) return true;
        bool isRemoved = _buddies.TryRemove(rest);
        KernelAssert.That(isRemoved, "HybridAllocator: the rest of a run is not free");
        _bitmap.Add(rest);
        return true;
    }

    /// <summary>Gives a chunk of the bitmap that became wholly free back to the buddies, or keeps it as the only one.</summary>
    private void Settle(uint chunk)
    {
        if (!_bitmap.IsWhole(chunk)) return;
        if (_kept == chunk || !HasKept) _kept = chunk;
        else Return(chunk);
    }

    private bool TryReturnKept()
    {
        if (!HasKept) return false;
        Return(_kept);
        _kept = NoChunk;
        return true;
    }

    private void Return(uint chunk)
    {
        FrameRange frames = _bitmap.FramesOf(chunk);
        _bitmap.GiveUp(chunk);
        _buddies.Add(frames);
    }

    private readonly bool AreFree(FrameRange frames)
    {
        uint chunk = _bitmap.ChunkAt(frames.Start);
        for (; !frames.IsEmpty; chunk++)
        {
            FrameRange part = BitmapAllocator.FirstPart(ref frames);
            if (_bitmap.IsInUse(chunk) ? !_bitmap.AreFree(part) : !AreFreeBuddies(part)) return false;
        }

        return true;
    }

    private readonly bool AreFreeBuddies(FrameRange frames)
    {
        for (FrameNumber frame = frames.Start; frame < frames.End; frame++)
        {
            if (!_buddies.IsFree(frame)) return false;
        }

        return true;
    }
}
