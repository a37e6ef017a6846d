using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>A bit a frame, set while it is free, and above it for each order a bit a chunk: a search costs words, not bits.</summary>
/// <remarks>
/// <para>
/// Theory. A free block of order k is 2^k set bits from a multiple of 2^k on. Nothing is split and nothing merged: blocks of every
/// order are there as soon as their bits are. What costs is finding one, and a plain bitmap pays with a walk over all that is taken.
/// </para>
/// <para>
/// Structure. The frames of a chunk (see <see cref="FrameTable"/>; 512 of them) have eight words, which are one cache line, so that
/// to find, take or give a block within a chunk touches one line (<see cref="ChunkBits"/>). Above them <see cref="ChunkIndex"/> has
/// for each order from 0 to 9 a bit a chunk that says "may have a free block of this order". Clear means: surely none. Set may be
/// out of date: to take a block does not look what is left of the others. The search that finds nothing in such a chunk clears
/// the bit, and only a block that comes back sets it; so each search that fails in a chunk was paid for by a block given back to
/// it, and over time an operation looks into one or two chunks. Searches take the lowest block and remember for each order
/// below which word no bit is set; 4,096 chunks, 8 GiB, are 64 words.
/// </para>
/// <para>
/// Blocks above order 9 are rows of wholly free chunks, from an aligned one on. They are looked for chunk by chunk; a search in
/// vain is remembered until the next chunk becomes wholly free.
/// </para>
/// <para>
/// Nothing is written for a chunk before it is given frames: until then its words mean nothing, which a bit a chunk says. So setting
/// up costs the index (11 bits a chunk), and adding frames costs their own words.
/// </para>
/// <para>Invariants:</para>
/// <list type="bullet">
/// <item>I1 A set bit is a frame of RAM of this zone, its descriptor Inner.</item>
/// <item>I2 A chunk's count is that of its set bits, and the free frames are the sum.</item>
/// <item>I3 Where the index has a clear bit, the chunk has no free block of that order; a chunk not in use has no set bit there.</item>
/// <item>I4 A chunk's bits in the index are set from order 0 up to one of them; searches begin at or before the first set bit.</item>
/// <item>I5 A chunk in use knows where it is: its window is its frames' number divided by 512.</item>
/// <item>I6 There is no free block of an order that was looked for in vain, from 10 on, or of a larger one.</item>
/// </list>
/// <para>
/// Cost. Up to order 9: O(1) amortised but for the index's words, chunks / 64 at worst. Above: O(chunks). A run: the words of the
/// chunks that may have it. Storage: 73 bytes and a half for a chunk, 0.0035 % of the RAM; frame descriptors are not touched.
/// Locking: none, the zone's lock is held.
/// </para>
/// </remarks>
public unsafe partial struct BitmapAllocator : IBlockAllocator
{
    /// <summary>Storage parts begin at multiples of this, so that a chunk's words are one line.</summary>
    private const ulong LineBytes = 64;

    private const uint ChunkFrames = (uint)FrameTable.ChunkFrames;

    private ZoneFrames _zone;
    private FrameTable _table; // The zone's, without a copy for each look.
    private uint _firstChunk;
    private ChunkIndex _index;
    private ulong* _words;
    private ChunkRecord* _records;
    private ulong* _inUse;
    private ulong _freeFrames;
    private int _noOrderFrom; // A search for blocks of this order, above a chunk's, was in vain.

    /// <inheritdoc/>
    public readonly ulong FreeFrames => _freeFrames;

    /// <inheritdoc/>
    public readonly ulong MetadataBytes(uint chunkCount) =>
        chunkCount * (ulong)ChunkBits.SizeBytes +
        ToLines(chunkCount * (ulong)sizeof(ChunkRecord)) +
        ToLines(ChunkIndex.WordsFor(chunkCount) * sizeof(ulong)) +
        ToLines(ChunkIndex.Bytes(chunkCount));

    /// <inheritdoc/>
    public void Initialize(in ZoneFrames zone, byte* storage)
    {
        uint chunks = zone.ChunkCount;
        _zone = zone;
        _table = zone.Table;
        _firstChunk = zone.FirstChunk;
        _words = (ulong*)storage; // SAFETY: the parts add up to MetadataBytes.
        storage += chunks * (ulong)ChunkBits.SizeBytes;
        _records = (ChunkRecord*)storage;
        storage += ToLines(chunks * (ulong)sizeof(ChunkRecord));
        _inUse = (ulong*)storage;
        for (ulong i = 0; i < ChunkIndex.WordsFor(chunks); i++) _inUse[i] = 0;
        storage += ToLines(ChunkIndex.WordsFor(chunks) * sizeof(ulong));
        _index.Initialize(storage, chunks);
        _freeFrames = 0;
        _noOrderFrom = Order.Count;
    }

    /// <inheritdoc/>
    public void Add(FrameRange frames)
    {
        uint chunk = ChunkAt(frames.Start);
        for (; !frames.IsEmpty; chunk++)
        {
            FrameRange part = FirstPart(ref frames);
            if (!IsInUse(chunk)) Use(chunk, part.Start);
            ChunkBits.Free(WordsOf(chunk), OffsetOf(part.Start), (int)part.Count);
            _records[chunk].Free += (uint)part.Count;
            _freeFrames += part.Count;
            _index.Raise(chunk, ChunkBits.LargestOrder(WordsOf(chunk)));
            if (IsWhole(chunk)) _noOrderFrom = Order.Count;
        }
    }

    /// <inheritdoc/>
    public bool TryRemove(FrameRange frames)
    {
        if (!AreFree(frames)) return false;
        TakeAll(frames);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTake(Order order, out FrameNumber frame)
    {
        if (order.Value > FrameTable.ChunkShift) return TryTakeRow(order, out frame);

        while (_index.TryFirst(order.Value, out uint chunk))
        {
            int offset = FindIn(chunk, order.Value);
            if (offset != ChunkBits.None)
            {
                TakeIn(chunk, offset, 1 << order.Value);
                frame = FirstFrame(chunk) + (uint)offset;
                return true;
            }

            _index.Lower(chunk, order.Value);
        }

        frame = default;
        return false;
    }

    /// <inheritdoc/>
    public void Give(FrameNumber frame, Order order) => GiveFrom(ChunkAt(frame), frame, order);

    /// <summary>As <see cref="Give"/>, for those who know the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void GiveFrom(uint chunk, FrameNumber frame, Order order)
    {
        if (order.Value <= FrameTable.ChunkShift)
        {
            GiveIn(chunk, OffsetOf(frame), order.Value);
            return;
        }

        for (uint end = chunk + ChunksOf(order); chunk < end; chunk++) GiveIn(chunk, 0, FrameTable.ChunkShift);
    }

    /// <inheritdoc/>
    public readonly bool IsFree(FrameNumber frame) => AreFree(new FrameRange(frame, 1));

    /// <inheritdoc/>
    public readonly string? Validate() => new BitmapValidator(in _zone, in _index, _words, _records, _inUse).Validate(_freeFrames, _noOrderFrom);

    /// <summary>The number that the chunk of <paramref name="frame"/> has in the zone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly uint ChunkAt(FrameNumber frame) => _table.ChunkOf(frame) - _firstChunk;

    /// <summary>Whether the chunk's frames were given to this allocator, and the chunk was not given away as a whole since.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsInUse(uint chunk) => (_inUse[chunk >> 6] >> (int)(chunk & 63) & 1) != 0;

    /// <summary>Whether the chunk, which is in use, has all its 512 frames and all are free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsWhole(uint chunk) => _records[chunk].Free == ChunkFrames;

    /// <summary>The frames of a chunk in use, if it has them all.</summary>
    internal readonly FrameRange FramesOf(uint chunk) => new(FirstFrame(chunk), ChunkFrames);

    /// <summary>Gives up a chunk that is wholly free; it is not in use then.</summary>
    internal void GiveUp(uint chunk)
    {
        KernelAssert.That(IsInUse(chunk) && IsWhole(chunk), "BitmapAllocator: the chunk is not wholly free");
        _index.Lower(chunk, 0);
        _inUse[chunk >> 6] &= ~(1UL << (int)(chunk & 63));
        _freeFrames -= ChunkFrames;
    }

    /// <summary>Takes a chunk into use, none of its frames free yet.</summary>
    private void Use(uint chunk, FrameNumber frame)
    {
        ulong* words = WordsOf(chunk);
        for (int i = 0; i < ChunkBits.Words; i++) words[i] = 0;
        _records[chunk] = new ChunkRecord(frame);
        _inUse[chunk >> 6] |= 1UL << (int)(chunk & 63);
    }

    internal readonly bool AreFree(FrameRange frames)
    {
        uint chunk = ChunkAt(frames.Start);
        for (; !frames.IsEmpty; chunk++)
        {
            FrameRange part = FirstPart(ref frames);
            if (!IsInUse(chunk) || !ChunkBits.AreFree(WordsOf(chunk), OffsetOf(part.Start), (int)part.Count)) return false;
        }

        return true;
    }

    private static ulong ToLines(ulong bytes) => (bytes + (LineBytes - 1)) & ~(LineBytes - 1);

    private static int OffsetOf(FrameNumber frame) => (int)frame.Value & (int)(ChunkFrames - 1);

    private static uint ChunksOf(Order order) => 1U << (order.Value - FrameTable.ChunkShift);

    /// <summary>Cuts off the frames that lie in the first one's chunk.</summary>
    internal static FrameRange FirstPart(ref FrameRange frames)
    {
        FrameRange chunk = new(frames.Start.AlignDown(Order.TwoMiB), ChunkFrames);
        FrameRange part = frames.Intersect(chunk);
        frames = FrameRange.FromBounds(part.End, frames.End);
        return part;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong* WordsOf(uint chunk) => _words + (ulong)chunk * ChunkBits.Words;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly FrameNumber FirstFrame(uint chunk) => _records[chunk].FirstFrame;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int FindIn(uint chunk, int order)
    {
        if (order != FrameTable.ChunkShift) return ChunkBits.Find(WordsOf(chunk), order);
        return IsWhole(chunk) ? 0 : ChunkBits.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeIn(uint chunk, int offset, int count)
    {
        ChunkBits.Take(WordsOf(chunk), offset, count);
        _records[chunk].Free -= (uint)count;
        _freeFrames -= (uint)count;
    }

    private void TakeAll(FrameRange frames)
    {
        uint chunk = ChunkAt(frames.Start);
        for (; !frames.IsEmpty; chunk++)
        {
            FrameRange part = FirstPart(ref frames);
            TakeIn(chunk, OffsetOf(part.Start), (int)part.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GiveIn(uint chunk, int offset, int order)
    {
        ulong* words = WordsOf(chunk);
        ChunkBits.Free(words, offset, 1 << order);
        _records[chunk].Free += 1U << order;
        _freeFrames += 1UL << order;
        int largest = ChunkBits.OrderAround(words, offset, order);
        _index.Raise(chunk, largest);
        if (largest == FrameTable.ChunkShift) _noOrderFrom = Order.Count;
    }
}
