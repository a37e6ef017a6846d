using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Free blocks of one order and zone that one CPU keeps at hand, so that most requests need neither the zone's lock nor its lists.</summary>
/// <remarks>
/// <para>
/// Theory. Two stacks, as in Bonwick's magazines (Bonwick, Adams, "Magazines and vmem", USENIX 2001): the loaded one serves, the
/// spare one is either full or empty. An empty loaded stack is exchanged for a full spare before the zone is asked for a batch; a
/// full one for an empty spare before a batch goes back, and what goes back is the spare, the colder half. Between two visits
/// to the zone lie as many operations as a stack holds, so their cost vanishes, however allocations and frees alternate.
/// </para>
/// <para>
/// Structure. The stacks are linked through the frames' own descriptors by address, where a free block has its links. A frame
/// here is <see cref="FrameState.Cached"/> and free in every count; its descriptor keeps the offset from the zone's origin.
/// Frames of the zone that are freed by this CPU come here, wherever they were allocated.
/// </para>
/// <para>
/// Blocks of 2 MiB, which large pages want, have such a cache too; its blocks are not taken from the zone in advance, and
/// there are few of them, so it saves splitting and merging what comes and goes.
/// </para>
/// <para>Invariants:</para>
/// <list type="bullet">
/// <item>I1 Each stack is as long as its count says, and no longer than the processor let it become.</item>
/// <item>I2 Its frames are Cached, of the cache's zone, with their right offset; no frame that is in no cache is Cached.</item>
/// </list>
/// <para>
/// Locking. Only its processor takes from it and puts into it, so that needs no lock and no masking: interrupts do not allocate. What others
/// write here is the capacity, under the zone's lock, when the zone becomes short or well again. The processor makes it its own
/// (<see cref="TryAdapt"/>) when it comes to the zone the next time, at the latest after a stack's allocations or frees. At capacity 0
/// the cache is closed and what was in it goes back then. Another processor that wants the frames before that asks for them
/// (<see cref="PhysicalMemory{TMemory, TProcessor}"/>). A cache is one line, so no other cache's owner writes to it.
/// </para>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
public unsafe struct PerCpuCache
{
    /// <summary>The size: a cache line of its own, and a shift to index by.</summary>
    public const int SizeBytes = 1 << SizeShift;

    internal const int SizeShift = 6;

    /// <summary>The longest that a stack becomes: a full <see cref="FrameBatch"/> fits.</summary>
    public const uint LargestStack = FrameBatch.Capacity;

    /// <summary>The longest that a stack of large blocks becomes.</summary>
    public const uint LargestLargeStack = 4;

    /// <summary>A stack of frames, those of all processors together, holds at most this part of the zone.</summary>
    private const ulong FramesPerCached = 64;

    /// <summary>The same of stacks of large blocks: one block of a zone of 32 MiB.</summary>
    private const ulong FramesPerCachedLarge = 16;

    private const string NotCached = "PerCpuCache: a frame in it is not a cached one";

    private FrameDescriptor* _top;
    private FrameDescriptor* _spareTop;
    private uint _room; // How many more the loaded stack takes.
    private uint _limit; // The longest that a stack becomes, the capacity as its processor saw it last.
    private uint _spareCount;
    private readonly uint _cachedHeader;
    private readonly ulong _origin;
    private uint _capacity;

    /// <summary>A closed cache of blocks of zone <paramref name="zone"/>, whose offsets count from <paramref name="origin"/>.</summary>
    /// <param name="zone">The zone's number.</param>
    /// <param name="origin">A frame.</param>
    /// <param name="order">The blocks'.</param>
    /// <param name="next">Another processor's cache of such blocks; null for none.</param>
    internal PerCpuCache(byte zone, ulong origin, Order order, PerCpuCache* next)
    {
        this = default;
        Next = next;
        _cachedHeader = (uint)FrameState.Cached | (uint)order.Value << FrameDescriptor.OrderShift | (uint)zone << FrameDescriptor.ZoneShift;
        _origin = origin;
    }

    /// <summary>Another processor's cache of the same zone and order; null behind the last.</summary>
    internal readonly PerCpuCache* Next { get; }

    /// <summary>The blocks in it.</summary>
    public readonly uint Count => Loaded + _spareCount;

    /// <summary>The frames in it.</summary>
    public readonly ulong Frames => (ulong)Count << Order.Value;

    /// <summary>The order of its blocks.</summary>
    public readonly Order Order => Order.FromTrusted((byte)(_cachedHeader >> FrameDescriptor.OrderShift));

    /// <summary>The most blocks that a stack is to take; 0 while the zone is short.</summary>
    public readonly uint Capacity => _capacity;

    /// <summary>The most blocks that a stack takes, until its processor looks again.</summary>
    internal readonly uint Limit => _limit;

    /// <summary>Whether the loaded stack takes another frame.</summary>
    internal readonly bool HasRoom => _room != 0;

    // Beside its processor's work the two words may not match.
    private readonly uint Loaded => _room < _limit ? _limit - _room : 0;

    /// <summary>How many requests were served from here.</summary>
    public ulong Served { get; private set; }

    /// <summary>Takes a frame for <paramref name="owner"/>; false when the loaded stack is empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(FrameOwner owner, out FrameNumber frame) => TryTake(owner, out frame, default(MachineWords));

    /// <summary>The same, where processors share words as <paramref name="words"/> has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake<TWords>(FrameOwner owner, out FrameNumber frame, TWords words)
        where TWords : struct, ISharedWords
    {
        FrameDescriptor* top = _top;
        if (top == null)
        {
            frame = default;
            return false;
        }

        _top = NextOf(top, words);
        _room++;
        Served++;
        frame = FrameNumber.FromTrusted(_origin + top->BlockOffset);
        KernelAssert.That(FrameTable.TryHandOut(top, ToAllocated(owner), words), NotCached);
        return true;
    }

    /// <summary>Puts back an allocated block of the cache's zone and order; false when the loaded stack is full, or another processor frees it too.</summary>
    /// <param name="block">The block, which has one reference.</param>
    /// <param name="header">Its header.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPut(FrameDescriptor* block, uint header) => TryPut(block, header, default(MachineWords));

    /// <summary>The same, where processors share words as <paramref name="words"/> has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPut<TWords>(FrameDescriptor* block, uint header, TWords words)
        where TWords : struct, ISharedWords
    {
        if (_room == 0 || !FrameTable.TryTakeIn(block, header, _cachedHeader, words)) return false;
        words.Write(ref FrameDescriptor.LinkWord(block), (nuint)_top);
        _top = block;
        _room--;
        return true;
    }

    /// <summary>Loads the spare stack when it has frames; the loaded one is empty.</summary>
    internal bool TryLoadSpare()
    {
        if (_spareTop == null) return false;
        Exchange();
        return true;
    }

    /// <summary>Makes room in the loaded stack, which is full, when the spare one is empty.</summary>
    internal bool TryStoreSpare()
    {
        if (_limit == 0 || _spareTop != null) return false;
        Exchange();
        return true;
    }

    /// <summary>Takes up to <paramref name="count"/> frames for <paramref name="owner"/>, of both stacks.</summary>
    /// <returns>How many were taken.</returns>
    internal int TakeMany(ulong* frames, int count, FrameOwner owner)
    {
        ulong* next = frames;
        ulong* end = frames + count;
        do
        {
            next = TakeLoaded(next, end, owner);
        }
        while (next != end && TryLoadSpare());

        Served += (ulong)(next - frames);
        return (int)(next - frames);
    }

    /// <summary>Puts back the last of the <paramref name="count"/> frames while they are single, allocated and used alike, and there is room.</summary>
    /// <param name="table">Knows the frames.</param>
    /// <param name="header">That of the last: one comparison tells whether another is like it.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="count">How many they are.</param>
    /// <returns>How many were put back.</returns>
    internal int PutMany(in FrameTable table, uint header, ulong* frames, int count)
    {
        ulong* end = frames + count;
        ulong* next = end;
        do
        {
            next = PutLoaded(in table, header, frames, next);
        }
        while (next != frames && !HasRoom && TryStoreSpare());

        return (int)(end - next);
    }

    /// <summary>Loads a stack of <paramref name="count"/> frames that were just marked as cached; the loaded one is empty.</summary>
    internal void Load(FrameDescriptor* stack, uint count)
    {
        KernelAssert.That(_top == null, "PerCpuCache: loaded with frames in the stack");
        _top = stack;
        _room = _limit - count;
    }

    /// <summary>Takes out the spare stack, or the loaded one when there is no spare; null when the cache is empty.</summary>
    internal FrameDescriptor* TakeStack(out uint count)
    {
        if (_spareTop == null) Exchange();
        FrameDescriptor* stack = _spareTop;
        count = _spareCount;
        _spareTop = null;
        _spareCount = 0;
        return stack;
    }

    /// <summary>Makes the capacity that the zone gives its own; false when more is in a stack than that.</summary>
    internal bool TryAdapt()
    {
        uint capacity = Volatile.Read(ref _capacity);
        uint loaded = Loaded;
        if (loaded > capacity || _spareCount > capacity) return false;
        _limit = capacity;
        _room = capacity - loaded;
        return true;
    }

    /// <summary>Is to let it hold frames of a zone that manages <paramref name="managedFrames"/>, as one of <paramref name="processors"/> caches.</summary>
    internal void Open(ulong managedFrames, uint processors)
    {
        bool isLarge = Order.Value != 0;
        ulong part = (managedFrames / ((isLarge ? FramesPerCachedLarge : FramesPerCached) * processors)) >> Order.Value;
        uint largest = isLarge ? LargestLargeStack : LargestStack;
        Volatile.Write(ref _capacity, part < largest ? (uint)part : largest);
    }

    /// <summary>Is to let it take no frame more.</summary>
    internal void Close() => Volatile.Write(ref _capacity, 0);

    /// <summary>Checks I1 and I2 but for other Cached frames, which the caller counts; null when they hold.</summary>
    internal readonly string? Validate(in FrameTable table)
    {
        uint largest = Order.Value != 0 ? LargestLargeStack : LargestStack;
        if (_room > _limit || _limit > largest || _spareCount > _limit) return "cache I1: the stacks are as long as they should be";
        return ValidateStack(in table, _top, Loaded) ?? ValidateStack(in table, _spareTop, _spareCount);
    }

    private readonly string? ValidateStack(in FrameTable table, FrameDescriptor* top, uint count)
    {
        for (; top != null; top = top->NextCached)
        {
            if (count-- == 0) return "cache I1: the stacks are as long as they should be";
            if (top->Header != _cachedHeader) return "cache I2: the frames are cached ones of the zone";
            if (table.Find(FrameNumber.FromTrusted(_origin + top->BlockOffset)) != top) return "cache I2: the frames have their right offset";
        }

        return count == 0 ? null : "cache I1: the stacks are as long as they should be";
    }

    /// <summary>What is added to the header of a cached frame to make it one that <paramref name="owner"/> has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ToAllocated(FrameOwner owner) =>
        ((uint)owner << FrameDescriptor.OwnerShift) + unchecked((uint)FrameState.Allocated - (uint)FrameState.Cached); // Wraps.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FrameDescriptor* NextOf<TWords>(FrameDescriptor* block, TWords words)
        where TWords : struct, ISharedWords => (FrameDescriptor*)words.ReadOwn(ref FrameDescriptor.LinkWord(block));

    private ulong* TakeLoaded(ulong* next, ulong* end, FrameOwner owner)
    {
        FrameDescriptor* top = _top;
        ulong origin = _origin;
        uint change = ToAllocated(owner);
        ulong* start = next;
        for (; next != end && top != null; next++)
        {
            FrameDescriptor* below = top->NextCached;
            *next = origin + top->BlockOffset;
            KernelAssert.That(FrameTable.TryHandOut(top, change, default(MachineWords)), NotCached);
            top = below;
        }

        _top = top;
        _room += (uint)(next - start);
        return next;
    }

    private ulong* PutLoaded(in FrameTable table, uint header, ulong* first, ulong* next)
    {
        FrameTable copy = table; // So that what it says can stay in registers.
        FrameDescriptor* top = _top;
        uint cached = _cachedHeader;
        ulong* start = next;
        ulong* last = (ulong)(next - first) > _room ? next - _room : first;
        for (; next != last; next--)
        {
            FrameNumber frame = FrameNumber.FromTrusted(next[-1]);
            FrameSlot* slot = copy.FirstSlot(frame);
            ulong offset = frame.Value - slot->First;
            if (offset >= slot->Count) break;
            FrameDescriptor* block = slot->Descriptors + offset;
            if (block->ReferenceCount != 1 || !FrameTable.TryTakeIn(block, header, cached, default(MachineWords))) break;
            block->NextCached = top;
            top = block;
        }

        _top = top;
        _room -= (uint)(start - next);
        return next;
    }

    private void Exchange()
    {
        FrameDescriptor* top = _top;
        uint loaded = Loaded;
        _top = _spareTop;
        _room = _limit - _spareCount;
        _spareTop = top;
        _spareCount = loaded;
    }
}
