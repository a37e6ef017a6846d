using System.Runtime.CompilerServices;
using MemOS.Boot;
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
/// Invariants: I1 the slots' pieces are disjoint and each lies in one section; I2 each usable frame of the map is described and is
/// not <see cref="FrameState.Absent"/>; I3 state changes only by <see cref="Transition"/> and <see cref="TryExchange"/>, along the arrows
/// Reserved → Free, Inner; Free → Allocated, Inner, Cached, Free (another order); Allocated → Free, Inner, Cached, Allocated
/// (another order); Inner → Free, Allocated, Cached; Cached → Free, Allocated. Locking: descriptors belong to the zone whose number they carry; the table itself does not change.
/// </para>
/// </remarks>
public readonly unsafe struct FrameTable
{
    /// <summary>log2 of the frames in a section.</summary>
    public const int SectionShift = 15;

    /// <summary>A hole of so many frames is always described: at worst a quarter of a frame's bytes for a frame of RAM.</summary>
    public const ulong SmallHole = 64;

    private readonly FrameDescriptor* _descriptors;
    private readonly FrameSlot* _slots;
    private readonly ulong _firstSlotMask; // In bytes.
    private readonly ulong _slotCount;

    private FrameTable(byte* storage, ulong slotCount)
    {
        _slots = (FrameSlot*)storage;
        _slotCount = slotCount;
        _firstSlotMask = ((slotCount - 1) & ~1UL) << FrameSlot.SizeShift;
        _descriptors = (FrameDescriptor*)(storage + SlotBytes(slotCount));
    }

    internal ulong SlotCount => _slotCount;

    /// <summary>The storage that the table of <paramref name="map"/> takes; O(ranges + sections of RAM).</summary>
    public static ulong MetadataBytes(in MemoryMap map)
    {
        Measure(in map, out ulong pieces, out ulong descriptors);
        return SlotBytes(SlotsFor(pieces)) + descriptors * FrameDescriptor.SizeBytes;
    }

    /// <summary>Describes the usable frames of <paramref name="map"/>, all reserved, in <see cref="MetadataBytes"/> at a multiple of 16.</summary>
    public static FrameTable Create(in MemoryMap map, byte* storage)
    {
        Measure(in map, out ulong pieces, out _);
        FrameTable table = new(storage, SlotsFor(pieces));
        for (ulong i = 0; i < table._slotCount; i++) table._slots[i] = default;

        FrameDescriptor* next = table._descriptors;
        PieceCursor cursor = new(in map);
        while (cursor.TryNext(out FrameRange piece))
        {
            table.Insert(piece, next);
            Fill(next, piece.Count, FrameState.Reserved);
            next += piece.Count;
        }

        table.MarkHoles(in map);
        return table;
    }

    /// <summary>The descriptor of <paramref name="frame"/>; null when it is not described, so no RAM. O(1).</summary>
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

    /// <summary>The descriptor of the first of <paramref name="frames"/>, when all are described, and so have descriptors in a row.</summary>
    public bool TryFindRun(FrameRange frames, out FrameDescriptor* first) =>
        TryFind(frames.Start, out first) &&
        (frames.Count <= 1 ||
            (TryFind(frames.End - 1, out FrameDescriptor* last) && (ulong)(last - first) == frames.Count - 1));

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

    /// <summary>Changes what a frame is when its header, all of it, is <paramref name="from"/>; else nothing.</summary>
    /// <remarks>For those who know the whole header: one comparison checks state, order, owner and zone. The arrow is the caller's to keep.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryExchange(FrameDescriptor* descriptor, uint from, uint to)
    {
        if (descriptor->Header != from) return false;
        descriptor->Header = to;
        return true;
    }

    /// <summary>Adds a reference to an allocated block; false when the frame starts none, or the count is full.</summary>
    public bool TryAddReference(FrameNumber frame)
    {
        if (!TryFindAllocated(frame, out FrameDescriptor* block) || block->ReferenceCount == uint.MaxValue) return false;
        block->ReferenceCount++;
        return true;
    }

    /// <summary>Takes one of several references from an allocated block; false when the frame starts none, or it is the last: free the block then.</summary>
    public bool TryDropReference(FrameNumber frame)
    {
        if (!TryFindAllocated(frame, out FrameDescriptor* block) || block->ReferenceCount <= 1) return false;
        block->ReferenceCount--;
        return true;
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
        FrameState.Reserved => to is FrameState.Free or FrameState.Inner,
        FrameState.Free => to is FrameState.Allocated or FrameState.Inner or FrameState.Cached or FrameState.Free,
        FrameState.Allocated => to is FrameState.Free or FrameState.Inner or FrameState.Cached or FrameState.Allocated,
        FrameState.Inner => to is FrameState.Free or FrameState.Allocated or FrameState.Cached,
        FrameState.Cached => to is FrameState.Free or FrameState.Allocated,
        _ => false,
    };

    private static void Measure(in MemoryMap map, out ulong pieces, out ulong descriptors)
    {
        pieces = 0;
        descriptors = 0;
        PieceCursor cursor = new(in map);
        while (cursor.TryNext(out FrameRange piece))
        {
            pieces++;
            descriptors += piece.Count;
        }
    }

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

    private void Insert(FrameRange piece, FrameDescriptor* first)
    {
        ulong slot = (piece.Start.Value >> (SectionShift - 1)) & (_firstSlotMask >> FrameSlot.SizeShift);
        while (_slots[slot].Count != 0) slot = (slot + 1) & (_slotCount - 1);
        _slots[slot] = new FrameSlot(piece, first);
    }

    private void MarkHoles(in MemoryMap map)
    {
        int position = 0;
        FrameNumber end = FrameNumber.Zero;
        for (bool any = false; map.TryNextUsable(ref position, out FrameRange run); any = true)
        {
            FrameRange hole = FrameRange.FromBounds(end, run.Start);
            if (any && !hole.IsEmpty && TryFindRun(hole, out FrameDescriptor* first)) Fill(first, hole.Count, FrameState.Absent);
            end = run.End;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameDescriptor* FindFurther(FrameSlot* slot, FrameNumber frame)
    {
        // A quarter of the slots at most is taken, so an empty one ends the search.
        while (slot->Count != 0)
        {
            ulong offset = frame.Value - slot->First;
            if (offset < slot->Count) return slot->Descriptors + offset;
            slot = slot + 1 == _slots + _slotCount ? _slots : slot + 1;
        }

        return null;
    }

    private bool TryFindAllocated(FrameNumber frame, out FrameDescriptor* block) =>
        TryFind(frame, out block) && block->State == FrameState.Allocated;
}
