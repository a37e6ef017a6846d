using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>A <see cref="FrameAllocator{TBlocks}"/> whose algorithm is chosen at boot: its operations as data.</summary>
/// <remarks>
/// A zone calls through these pointers; the allocator's state, the first argument, lies in the zone's storage. Caches stand before
/// it, so a single frame seldom gets here, and the loops over many frames are behind the pointer.
/// </remarks>
public readonly unsafe struct FrameAllocatorKind
{
    internal readonly delegate*<uint, ulong> MetadataBytes;
    internal readonly delegate*<ZoneFrames*, byte*, void> Create;
    internal readonly delegate*<void*, FrameRange, bool> TryAdopt;
    internal readonly delegate*<void*, FrameRange, bool> TryWithdraw;
    internal readonly delegate*<void*, Order, FrameOwner, FrameNumber*, bool> TryAllocate;
    internal readonly delegate*<void*, RunRequest*, FrameRange*, bool> TryAllocateRun;
    internal readonly delegate*<void*, FrameRange, FrameOwner, bool> TryAllocateAt;
    internal readonly delegate*<void*, FrameDescriptor*, FrameNumber, Order, FreeResult> Free;
    internal readonly delegate*<void*, FrameRange, FreeResult> CheckRun;
    internal readonly delegate*<void*, PerCpuCache*, uint, uint> Fill;
    internal readonly delegate*<void*, FrameDescriptor*, void> TakeBack;
    internal readonly delegate*<void*, FrameNumber, bool> IsFree;
    internal readonly delegate*<void*, Order, ulong> FreeBlocks;
    internal readonly delegate*<void*, ulong> FreeFrames;
    internal readonly delegate*<void*, string?> Validate;

    private FrameAllocatorKind(
        delegate*<uint, ulong> metadataBytes,
        delegate*<ZoneFrames*, byte*, void> create,
        delegate*<void*, FrameRange, bool> tryAdopt,
        delegate*<void*, FrameRange, bool> tryWithdraw,
        delegate*<void*, Order, FrameOwner, FrameNumber*, bool> tryAllocate,
        delegate*<void*, RunRequest*, FrameRange*, bool> tryAllocateRun,
        delegate*<void*, FrameRange, FrameOwner, bool> tryAllocateAt,
        delegate*<void*, FrameDescriptor*, FrameNumber, Order, FreeResult> free,
        delegate*<void*, FrameRange, FreeResult> checkRun,
        delegate*<void*, PerCpuCache*, uint, uint> fill,
        delegate*<void*, FrameDescriptor*, void> takeBack,
        delegate*<void*, FrameNumber, bool> isFree,
        delegate*<void*, Order, ulong> freeBlocks,
        delegate*<void*, ulong> freeFrames,
        delegate*<void*, string?> validate)
    {
        MetadataBytes = metadataBytes;
        Create = create;
        TryAdopt = tryAdopt;
        TryWithdraw = tryWithdraw;
        TryAllocate = tryAllocate;
        TryAllocateRun = tryAllocateRun;
        TryAllocateAt = tryAllocateAt;
        Free = free;
        CheckRun = checkRun;
        Fill = fill;
        TakeBack = takeBack;
        IsFree = isFree;
        FreeBlocks = freeBlocks;
        FreeFrames = freeFrames;
        Validate = validate;
    }

    /// <summary>The same allocator with other ways to allocate and free, for those who watch them; none of them extends a run.</summary>
    internal FrameAllocatorKind With(
        delegate*<void*, Order, FrameOwner, FrameNumber*, bool> tryAllocate,
        delegate*<void*, RunRequest*, FrameRange*, bool> tryAllocateRun,
        delegate*<void*, FrameDescriptor*, FrameNumber, Order, FreeResult> free) =>
        new(MetadataBytes, Create, TryAdopt, TryWithdraw, tryAllocate, tryAllocateRun, &Never, free, CheckRun, Fill, TakeBack, IsFree, FreeBlocks, FreeFrames, Validate);

    /// <summary>The operations of the allocator with this algorithm.</summary>
    public static FrameAllocatorKind Of<TBlocks>()
        where TBlocks : unmanaged, IBlockAllocator
        => new(
            &Calls<TBlocks>.MetadataBytes,
            &Calls<TBlocks>.Create,
            &Calls<TBlocks>.TryAdopt,
            &Calls<TBlocks>.TryWithdraw,
            &Calls<TBlocks>.TryAllocate,
            &Calls<TBlocks>.TryAllocateRun,
            &Calls<TBlocks>.TryAllocateAt,
            &Calls<TBlocks>.Free,
            &Calls<TBlocks>.CheckRun,
            &Calls<TBlocks>.Fill,
            &Calls<TBlocks>.TakeBack,
            &Calls<TBlocks>.IsFree,
            &Calls<TBlocks>.FreeBlocks,
            &Calls<TBlocks>.FreeFrames,
            &Calls<TBlocks>.Validate);

    private static bool Never(void* self, FrameRange frames, FrameOwner owner) => false;

    /// <summary>What the pointers point at: the allocator at the start of its storage, the algorithm's own storage behind it.</summary>
    private static class Calls<TBlocks>
        where TBlocks : unmanaged, IBlockAllocator
    {
        private const ulong StorageAlignment = 64;

        private static ulong StateBytes => ((ulong)sizeof(FrameAllocator<TBlocks>) + (StorageAlignment - 1)) & ~(StorageAlignment - 1);

        internal static ulong MetadataBytes(uint chunkCount) =>
            (StateBytes + FrameAllocator<TBlocks>.MetadataBytes(chunkCount) + (StorageAlignment - 1)) & ~(StorageAlignment - 1);

        internal static void Create(ZoneFrames* zone, byte* storage) =>
            *(FrameAllocator<TBlocks>*)storage = new FrameAllocator<TBlocks>(in *zone, storage + StateBytes);

        internal static bool TryAdopt(void* self, FrameRange frames) => State(self)->TryAdopt(frames);

        internal static bool TryWithdraw(void* self, FrameRange frames) => State(self)->TryWithdraw(frames);

        internal static bool TryAllocate(void* self, Order order, FrameOwner owner, FrameNumber* frame) =>
            State(self)->TryAllocate(order, owner, out *frame);

        internal static bool TryAllocateRun(void* self, RunRequest* run, FrameRange* frames) =>
            State(self)->TryAllocateRun(run->FrameCount, run->Alignment, run->Limit, run->Owner, out *frames);

        internal static bool TryAllocateAt(void* self, FrameRange frames, FrameOwner owner) => State(self)->TryAllocateAt(frames, owner);

        internal static FreeResult Free(void* self, FrameDescriptor* block, FrameNumber frame, Order order) =>
            State(self)->Free(block, frame, order);

        internal static FreeResult CheckRun(void* self, FrameRange frames) => State(self)->CheckRun(frames);

        internal static uint Fill(void* self, PerCpuCache* cache, uint wanted) => State(self)->Fill(ref *cache, wanted);

        internal static void TakeBack(void* self, FrameDescriptor* stack) => State(self)->TakeBack(stack);

        internal static bool IsFree(void* self, FrameNumber frame) => State(self)->IsFree(frame);

        internal static ulong FreeBlocks(void* self, Order order) => State(self)->FreeBlocks(order);

        internal static ulong FreeFrames(void* self) => State(self)->FreeFrames;

        internal static string? Validate(void* self) => State(self)->Validate();

        private static FrameAllocator<TBlocks>* State(void* self) => (FrameAllocator<TBlocks>*)self;
    }
}
