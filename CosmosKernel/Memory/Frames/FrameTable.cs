using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>One descriptor for each frame of RAM, found by frame number.</summary>
/// <remarks>
/// <para>
/// Theory. RAM is cut into pieces: maximal runs of usable frames, ended at each section boundary (a section is 2^15 frames,
/// 128 MiB). A hole inside a section that is at most <see cref="SmallHole"/> frames long, or no longer than the RAM before it
/// in its section, does not end a piece: describing it as <see cref="FrameState.Absent"/> costs less than searching past it.
/// The pieces' descriptors lie in one array, in the order of the frames, so that
/// </para>
/// <list type="bullet">
/// <item>frames that are RAM in a row have descriptors in a row, across sections too: inside a block the descriptor of the
/// n-th frame is the first one plus n;</item>
/// <item>two described frames are d apart in the array exactly when all d - 1 frames between them are described;</item>
/// <item>a descriptor's number fits in 32 bits (16 TiB of RAM; what is beyond is left out and counted).</item>
/// </list>
/// <para>
/// Pieces are found by hashing: slot 2 × section modulo the table, with linear probing; the odd slot takes the second piece of a
/// section. There are at least four slots a piece and usually more than two sections of slots for each section of RAM, so
/// nearly always the first slot answers: a shift, a mask, a subtraction and a comparison. The table grows with RAM only,
/// never with its addresses.
/// </para>
/// <para>
/// A piece's descriptors are written when it is first looked at (<see cref="Describe"/>): a machine with a TiB does not pay for its
/// whole table before it has booted. Until then a look-up does not find the piece; so the usual way pays nothing for it.
/// </para>
/// <para>
/// For those who keep their own words beside the table, a piece is divided into chunks at the multiples of <see cref="ChunkFrames"/>
/// frames. Chunks are numbered in the order of the frames, without gaps; a chunk lies in one piece, so it may be short at its ends.
/// </para>
/// <para>
/// Invariants: I1 the slots' pieces are disjoint and each lies in one section; I2 each usable frame of the map is described, or will be, and is
/// not <see cref="FrameState.Absent"/>; I3 state changes only by <see cref="Transition"/>, <see cref="TryHandOut"/> and <see cref="TryTakeIn"/>,
/// along the arrows Reserved → Inner; Inner → Free, Allocated, Cached, Reserved; Free → Inner; Allocated → Inner, Cached; Cached → Inner, Allocated.
/// </para>
/// <para>
/// Locking. The table changes when a piece is described, by one processor at a time: its descriptors are written, then its count, and x86
/// keeps stores in order, so a look-up beside that finds the piece whole or not yet. A descriptor belongs to the zone whose number it carries, and
/// who holds the zone's lock changes it; but one that says Cached is its cache's processor's, which hands it out without a lock, and one that
/// says Allocated its user's. Any processor may be asked to free that at any time: to take it away is one step that only one of them succeeds in
/// (<see cref="TryTakeIn"/>), and so is each change of the references. So two frees of a block at once are one free and one refusal. A free
/// beside an added reference is a bug of those two users, since neither can know that the other comes first.
/// </para>
/// </remarks>
public readonly unsafe struct FrameTable
{
    /// <summary>log2 of the frames in a section.</summary>
    public const int SectionShift = 15;

    /// <summary>log2 of <see cref="ChunkFrames"/>.</summary>
    public const int ChunkShift = 9;

    /// <summary>The frames from one boundary of chunks to the next: 2 MiB.</summary>
    public const ulong ChunkFrames = 1UL << ChunkShift;

    /// <summary>A hole of so many frames is always described: at worst a quarter of a frame's bytes for a frame of RAM.</summary>
    public const ulong SmallHole = 64;

    private readonly FrameDescriptor* _descriptors;
    private readonly FrameSlot* _slots;
    private readonly ulong _firstSlotMask; // In bytes.
    private readonly ulong _slotCount;

    private FrameTable(byte* storage, ulong slotCount, FrameNumber end)
    {
        End = end;
        _slots = (FrameSlot*)storage;
        _slotCount = slotCount;
        _firstSlotMask = ((slotCount - 1) & ~1UL) << FrameSlot.SizeShift;
        _descriptors = (FrameDescriptor*)(storage + SlotBytes(slotCount));
    }

    /// <summary>The frame after the last one that the table has room for.</summary>
    public FrameNumber End { get; }

    internal ulong SlotCount => _slotCount;

    /// <summary>The storage that the table of <paramref name="map"/> takes; O(ranges + sections of RAM).</summary>
    public static ulong MetadataBytes(in MemoryMap map)
    {
        Measure(in map, out ulong pieces, out ulong descriptors);
        return SlotBytes(SlotsFor(pieces)) + descriptors * FrameDescriptor.SizeBytes;
    }

    /// <summary>A table for the usable frames of <paramref name="map"/>, none described yet, in <see cref="MetadataBytes"/> at a multiple of 16.</summary>
    public static FrameTable Create(in MemoryMap map, byte* storage)
    {
        FrameNumber end = Measure(in map, out ulong pieces, out _);
        FrameTable table = new(storage, SlotsFor(pieces), end);
        for (ulong i = 0; i < table._slotCount; i++) table._slots[i] = default;

        FrameDescriptor* next = table._descriptors;
        uint chunk = 0;
        PieceCursor cursor = new(in map);
        while (cursor.TryNext(out FrameRange piece))
        {
            table.Insert(new FrameSlot(piece, next, chunk));
            chunk += (uint)ChunksIn(piece);
            next += piece.Count;
        }

        return table;
    }

    /// <summary>Writes the descriptors of the piece with <paramref name="frame"/>: RAM is reserved then, holes are absent.</summary>
    /// <param name="map">The map that the table was made for.</param>
    /// <param name="frame">Any frame.</param>
    /// <param name="piece">The frames of the piece.</param>
    /// <returns>False, with nothing done, when there is no such piece, or it is described.</returns>
    public bool Describe(in MemoryMap map, FrameNumber frame, out FrameRange piece)
    {
        piece = default;
        FrameSlot* slot = SlotOf(frame);
        if (slot == null || !slot->IsPending) return false;

        piece = slot->Frames;
        Fill(slot->Descriptors, piece.Count, FrameState.Absent);
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange run) && run.Start < piece.End)
        {
            FrameRange ram = run.Intersect(piece);
            if (!ram.IsEmpty) Fill(slot->Descriptors + (ram.Start - piece.Start), ram.Count, FrameState.Reserved);
        }

        Volatile.Write(ref slot->Count, piece.Count);
        return true;
    }

    /// <summary>Describes every piece of <paramref name="map"/>.</summary>
    public void DescribeAll(in MemoryMap map)
    {
        FrameNumber from = FrameNumber.Zero;
        while (TryNextPending(in map, from, out FrameRange piece))
        {
            Describe(in map, piece.Start, out _);
            from = piece.End;
        }
    }

    /// <summary>The lowest piece that is not described and ends above <paramref name="from"/>; O(ranges + pieces from there on).</summary>
    public bool TryNextPending(in MemoryMap map, FrameNumber from, out FrameRange piece)
    {
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange run))
        {
            FrameNumber at = run.Start < from ? from : run.Start;
            while (at < run.End)
            {
                FrameSlot* slot = SlotOf(at);
                piece = slot != null ? slot->Frames : run; // What has no slot is beyond the table's reach.
                if (slot != null && slot->IsPending) return true;
                at = piece.End;
            }
        }

        piece = default;
        return false;
    }

    /// <summary>Whether <paramref name="frame"/> lies in a piece that is not described.</summary>
    internal bool IsPending(FrameNumber frame)
    {
        FrameSlot* slot = SlotOf(frame);
        return slot != null && slot->IsPending;
    }

    /// <summary>The descriptor of <paramref name="frame"/>; null when it is not described (yet), or no RAM. O(1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FrameDescriptor* Find(FrameNumber frame)
    {
        FrameSlot* slot = FirstSlot(frame);
        ulong offset = frame.Value - slot->First;
        return offset < slot->Count ? slot->Descriptors + offset : FindFurther(slot, frame);
    }

    /// <summary>The slot where the search for <paramref name="frame"/> begins; it has the frame, nearly always.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FrameSlot* FirstSlot(FrameNumber frame)
    {
        // SAFETY: the mask keeps the index below the number of slots.
        return (FrameSlot*)((byte*)_slots + ((frame.Value >> (SectionShift - 1 - FrameSlot.SizeShift)) & _firstSlotMask));
    }

    /// <summary>The descriptor of <paramref name="frame"/>; false when it is not described, so no RAM. O(1).</summary>
    public bool TryFind(FrameNumber frame, out FrameDescriptor* descriptor)
    {
        descriptor = Find(frame);
        return descriptor != null;
    }

    /// <summary>The descriptor of the first of <paramref name="frames"/>, when all are RAM or small holes, and so have descriptors in a row; the first and last are described.</summary>
    public bool TryFindRun(FrameRange frames, out FrameDescriptor* first) =>
        TryFind(frames.Start, out first) &&
        (frames.Count <= 1 ||
            (TryFind(frames.End - 1, out FrameDescriptor* last) && (ulong)(last - first) == frames.Count - 1));

    /// <summary>The descriptor of the first frame of the allocated or cached block with <paramref name="frame"/>; null when it is in none. O(orders).</summary>
    internal FrameDescriptor* FindBlock(FrameNumber frame, out FrameNumber start)
    {
        start = frame;
        for (int order = 0; order <= Order.MaxValue; order++)
        {
            start = frame.AlignDown(Order.FromTrusted(order));
            FrameDescriptor* first = Find(start);
            if (first == null) return null;
            if (first->State is FrameState.Allocated or FrameState.Cached && first->OrderValue >= order) return first;
        }

        return null;
    }

    /// <summary>The number of the chunk that <paramref name="frame"/> is in, which is RAM.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ChunkOf(FrameNumber frame)
    {
        FrameSlot* slot = FirstSlot(frame);
        if (frame.Value - slot->First >= slot->Count) slot = RamSlot(frame);
        return slot->FirstChunk + (uint)((frame.Value >> ChunkShift) - (slot->First >> ChunkShift));
    }

    /// <summary>How many chunks hold frames of <paramref name="map"/> that lie in <paramref name="frames"/>; O(ranges + sections of RAM).</summary>
    public static ulong CountChunks(in MemoryMap map, FrameRange frames)
    {
        ulong chunks = 0;
        PieceCursor cursor = new(in map);
        while (cursor.TryNext(out FrameRange piece)) chunks += ChunksIn(piece.Intersect(frames));
        return chunks;
    }

    /// <summary>Changes what a frame is: the only writer of a state.</summary>
    /// <param name="descriptor">The frame's.</param>
    /// <param name="from">What the frame is now; anything else is a bug.</param>
    /// <param name="to">What it becomes.</param>
    /// <param name="rest">The header's other bytes: order, owner, zone.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transition(FrameDescriptor* descriptor, FrameState from, FrameState to, uint rest)
    {
        KernelAssert.That(descriptor->State == from, "FrameTable: the frame is not in the state to leave");
        KernelAssert.That(IsArrow(from, to), "FrameTable: no such change of state");
        descriptor->Header = (uint)to | rest;
    }

    /// <summary>The header of a frame that another processor may be freeing, read once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint HeaderOf(FrameDescriptor* descriptor) => Volatile.Read(ref descriptor->Header);

    /// <summary>The same, where processors share words as <paramref name="words"/> has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint HeaderOf<TWords>(FrameDescriptor* descriptor, TWords words)
        where TWords : struct, ISharedWords => (uint)words.Read(ref FrameDescriptor.HeaderWord(descriptor));

    /// <summary>The references of a block that another processor may be freeing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint ReferencesOf<TWords>(FrameDescriptor* descriptor, TWords words)
        where TWords : struct, ISharedWords => (uint)words.Read(ref FrameDescriptor.ReferenceWord(descriptor));

    /// <summary>Hands out a block that is cached by this processor, by adding <paramref name="change"/> to its header; false when it is not cached.</summary>
    /// <remarks>
    /// The arrow is the caller's to keep. No other processor changes a header that says Cached, so this needs no LOCK; who frees such a block
    /// meanwhile is refused, for its header is no allocated one's, or its word of references is a link still.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryHandOut<TWords>(FrameDescriptor* descriptor, uint change, TWords words)
        where TWords : struct, ISharedWords
    {
        if ((FrameState)(byte)words.ReadOwn(ref FrameDescriptor.HeaderWord(descriptor)) != FrameState.Cached) return false;
        words.AddOwn(ref FrameDescriptor.HeaderWord(descriptor), unchecked((int)change));
        words.Write(ref FrameDescriptor.ReferenceWord(descriptor), 1);
        return true;
    }

    /// <summary>Takes an allocated block from its user when its header, all of it, is <paramref name="from"/>; else nothing.</summary>
    /// <remarks>One step for all processors: of several that free the same block at once one succeeds. The arrow is the caller's to keep.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryTakeIn<TWords>(FrameDescriptor* descriptor, uint from, uint to, TWords words)
        where TWords : struct, ISharedWords =>
        (uint)words.CompareExchange(ref FrameDescriptor.HeaderWord(descriptor), (int)to, (int)from) == from;

    /// <summary>Adds a reference to an allocated block; false when the frame starts none, or the count is full.</summary>
    /// <remarks>Who adds one has one, or keeps who has one from freeing the block meanwhile.</remarks>
    public bool TryAddReference(FrameNumber frame) => TryFind(frame, out FrameDescriptor* block) && TryAddReference(block, default(MachineWords));

    internal static bool TryAddReference<TWords>(FrameDescriptor* block, TWords words)
        where TWords : struct, ISharedWords
    {
        while (IsAllocated(block, words))
        {
            uint count = ReferencesOf(block, words);
            if (count == uint.MaxValue) return false;
            if (TryChangeReferences(block, count, count + 1, words)) return true;
        }

        return false;
    }

    /// <summary>Takes one of several references from an allocated block; false when the frame starts none, or it is the last: free the block then.</summary>
    public bool TryDropReference(FrameNumber frame) => TryFind(frame, out FrameDescriptor* block) && TryDropReference(block, default(MachineWords));

    internal static bool TryDropReference<TWords>(FrameDescriptor* block, TWords words)
        where TWords : struct, ISharedWords
    {
        while (IsAllocated(block, words))
        {
            uint count = ReferencesOf(block, words);
            if (count <= 1) return false;
            if (TryChangeReferences(block, count, count - 1, words)) return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FrameDescriptor* At(uint number) => _descriptors + number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint NumberOf(FrameDescriptor* descriptor) => (uint)((ulong)((byte*)descriptor - (byte*)_descriptors) / FrameDescriptor.SizeBytes);

    internal FrameRange SlotFrames(ulong slot, out FrameDescriptor* first)
    {
        first = _slots[slot].Descriptors;
        return new FrameRange(FrameNumber.FromTrusted(_slots[slot].First), _slots[slot].Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsArrow(FrameState from, FrameState to) => from switch
    {
        FrameState.Reserved => to is FrameState.Inner,
        FrameState.Inner => to is FrameState.Free or FrameState.Allocated or FrameState.Cached or FrameState.Reserved,
        FrameState.Free => to is FrameState.Inner,
        FrameState.Allocated => to is FrameState.Inner or FrameState.Cached,
        FrameState.Cached => to is FrameState.Inner or FrameState.Allocated,
        _ => false,
    };

    private static FrameNumber Measure(in MemoryMap map, out ulong pieces, out ulong descriptors)
    {
        pieces = 0;
        descriptors = 0;
        FrameNumber end = FrameNumber.Zero;
        PieceCursor cursor = new(in map);
        while (cursor.TryNext(out FrameRange piece))
        {
            pieces++;
            descriptors += piece.Count;
            end = piece.End;
        }

        return end;
    }

    private static ulong ChunksIn(FrameRange piece) =>
        piece.IsEmpty ? 0 : ((piece.End - 1).Value >> ChunkShift) - (piece.Start.Value >> ChunkShift) + 1;

    /// <summary>A power of two of sections of two slots, at least two sections a piece.</summary>
    private static ulong SlotsFor(ulong pieces)
    {
        ulong sections = 2;
        while (sections < 2 * pieces) sections *= 2;
        return 2 * sections;
    }

    private static ulong SlotBytes(ulong slots)
    {
        // Rounded up so that the descriptors behind the slots are aligned to their size.
        ulong bytes = slots * (ulong)sizeof(FrameSlot);
        return (bytes + (FrameDescriptor.SizeBytes - 1)) & ~(FrameDescriptor.SizeBytes - 1UL);
    }

    private static void Fill(FrameDescriptor* first, ulong count, FrameState state)
    {
        FrameDescriptor pattern = default;
        pattern.Header = (uint)state | (uint)FrameDescriptor.NoZone << FrameDescriptor.ZoneShift;
        for (FrameDescriptor* end = first + count; first < end; first++) *first = pattern;
    }

    private void Insert(in FrameSlot piece)
    {
        ulong slot = (piece.First >> (SectionShift - 1)) & (_firstSlotMask >> FrameSlot.SizeShift);
        while (_slots[slot].IsTaken) slot = (slot + 1) & (_slotCount - 1);
        _slots[slot] = piece;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameDescriptor* FindFurther(FrameSlot* slot, FrameNumber frame)
    {
        // A quarter of the slots at most is taken, so an empty one ends the search.
        while (slot->IsTaken)
        {
            ulong offset = frame.Value - slot->First;
            if (offset < slot->Count) return slot->Descriptors + offset;
            slot = NextSlot(slot);
        }

        return null;
    }

    /// <summary>The slot of the piece with <paramref name="frame"/>, described or not; null when there is none.</summary>
    private FrameSlot* SlotOf(FrameNumber frame)
    {
        FrameSlot* slot = FirstSlot(frame);
        while (slot->IsTaken && !slot->Frames.Contains(frame)) slot = NextSlot(slot);
        return slot->IsTaken ? slot : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameSlot* RamSlot(FrameNumber frame)
    {
        FrameSlot* slot = SlotOf(frame);
        KernelAssert.That(slot != null, "FrameTable: the frame is no RAM");
        return slot;
    }

    private FrameSlot* NextSlot(FrameSlot* slot) => slot + 1 == _slots + _slotCount ? _slots : slot + 1;

    private static bool IsAllocated<TWords>(FrameDescriptor* block, TWords words)
        where TWords : struct, ISharedWords => (FrameState)(byte)HeaderOf(block, words) == FrameState.Allocated;

    private static bool TryChangeReferences<TWords>(FrameDescriptor* block, uint from, uint to, TWords words)
        where TWords : struct, ISharedWords =>
        (uint)words.CompareExchange(ref FrameDescriptor.ReferenceWord(block), (int)to, (int)from) == from;
}
