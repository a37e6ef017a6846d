using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>
/// The heap that looks at what its callers do. Each block has a record elsewhere; a checking heap puts red zones around it, fills it when it
/// is new and when it is freed, and keeps freed blocks in quarantine, the oldest leaving first: who writes a freed block is found
/// when it leaves, who writes beyond a block when it is freed, both at <see cref="CheckBlocks"/>. Blocks above 16 KiB end at a page that is
/// not mapped, where there are such pages, and are unmapped when they are freed.
/// </content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    // Quarantine: a 64th of the window, at least this much and at most that.
    private const nuint LeastQuarantineBytes = 64 * 1024;
    private const nuint MostQuarantineBytes = 4 * 1024 * 1024;
    private const int QuarantineShift = 6;

    /// <summary>How closely the heap looks.</summary>
    public readonly HeapWatch Watch => _guard == null ? HeapWatch.None : _guard->Options.Watch;

    /// <summary>Allocations since watching began: what the ages of blocks count from.</summary>
    public readonly ulong WatchedAllocations => _guard == null ? 0 : _guard->Allocations;

    /// <summary>Freed blocks that are kept, and their bytes.</summary>
    public readonly ulong QuarantinedBlocks => _guard == null ? 0 : _guard->QuarantineBlocks;

    /// <summary>Faults found since the start.</summary>
    public readonly ulong FaultCount => _guard == null ? 0 : _guard->FaultCount;

    private readonly nuint GuardPages => _guard == null ? 0 : _guard->Records.PageCount + _guard->Stacks.PageCount;

    /// <summary>As <see cref="TryInitialize(TPages, PageRange, TProcessor)"/>, with options.</summary>
    public bool TryInitialize(TPages pages, PageRange window, in HeapOptions options, TProcessor processor = default)
    {
        if (!TryInitialize(pages, window, SizeClassScheme.KernelBlocks, processor)) return false;
        HeapFront* front = _fronts;
        nuint frontPages = _ownPages;
        if (TryUsePolicy(options.Policy))
        {
            if (options.Watch == HeapWatch.None || TryWatch(in options)) return true;
            if (_policy != null) _store.ReturnTablePages((byte*)_policy, _ownPages - frontPages);
        }

        front->Processor->Blocks = null;
        _store.ReturnTablePages((byte*)front, frontPages);
        _store.Dispose();
        return false;
    }

    /// <summary>From now on large blocks are put between pages that are not mapped; a checking heap only.</summary>
    public readonly void UseGuardPages(delegate*<ulong, byte**, bool> allocate, delegate*<byte*, void> free)
    {
        if (_guard == null || !_guard->IsChecking) return;
        _guard->Options.AllocateGuarded = allocate;
        _guard->Options.FreeGuarded = free;
    }

    /// <summary>A fault that is still kept, 0 being the last one; false when there is none.</summary>
    public readonly bool TryGetFault(uint index, out HeapFault fault)
    {
        fault = default;
        if (_guard == null || index >= HeapGuard.KeptFaults || index >= _guard->FaultCount) return false;
        fault = *HeapGuard.At(_guard, _guard->FaultCount - 1 - index);
        return true;
    }

    /// <summary>Looks at all red zones and freed blocks now; returns how many faults that found.</summary>
    public ulong CheckBlocks()
    {
        if (_guard == null) return 0;
        bool wereOn = Enter();
        ulong found = CheckBlocksCore();
        Leave(wereOn);
        return found;
    }

    private ulong CheckBlocksCore()
    {
        ulong before = _guard->FaultCount;
        for (nuint bucket = 0; bucket < _guard->Records.BucketCount; bucket++)
        {
            for (BlockRecord* record = _guard->Records.First(bucket); record != null; record = record->Next)
            {
                if (record->IsLive) CheckZones(record);
                else CheckFreed(record);
                CheckHeader(record);
            }
        }

        return _guard->FaultCount - before;
    }

    /// <summary>The live block that an address lies in or, freed, lay in, with its zones; false when none is known. For reports of faults.</summary>
    public readonly bool TryFindWatched(VirtAddr address, out TrackedBlock block, out bool isLive)
    {
        BlockRecord* record = _guard == null ? null : FindRecord((byte*)(nuint)address.Value);
        block = record == null ? default : record->Describe();
        isLive = record != null && record->IsLive;
        return record != null;
    }

    /// <summary>The descriptor of what lies at an address, for tests that damage it.</summary>
    internal readonly Slab* SlabAt(byte* address) => _store.Map.Find(address);

    private bool TryWatch(in HeapOptions options)
    {
        nuint stackPages = (nuint)PageNumber.CountFor(CallStacks.BucketCount * (uint)sizeof(void*));
        nuint guardPages = (nuint)PageNumber.CountFor((uint)sizeof(HeapGuard));
        nuint pages = guardPages + stackPages;
        if (!_store.TryTakeTablePages(pages, out byte* memory)) return false;
        if (!_store.TryTakeTablePages(BlockRecords.FirstPages, out byte* buckets))
        {
            _store.ReturnTablePages(memory, pages);
            return false;
        }

        // SAFETY: the guard and the buckets of stacks follow each other in the pages counted above.
        HeapGuard* guard = (HeapGuard*)memory;
        *guard = default;
        guard->Options = options;
        guard->Stacks.Initialize(memory + (guardPages << PageNumber.Shift));
        guard->Records.Initialize(buckets);
        guard->QuarantineLimit = _store.Map.SpanBytes >> QuarantineShift;
        if (guard->QuarantineLimit < LeastQuarantineBytes) guard->QuarantineLimit = LeastQuarantineBytes;
        if (guard->QuarantineLimit > MostQuarantineBytes) guard->QuarantineLimit = MostQuarantineBytes;
        if (!guard->IsChecking) guard->QuarantineLimit = 0;
        _ownPages += pages;
        _guard = guard;
        SetFronts();
        return true;
    }

    private readonly bool IsGuarded(nuint sizeBytes, nuint alignmentBytes) =>
        _guard != null && _guard->IsChecking && _guard->Options.AllocateGuarded != null
        && sizeBytes > SizeClasses.LargestSmallBytes && sizeBytes <= _store.Map.SpanBytes && alignmentBytes <= RedZones.LeastBytes;

    private byte* AllocateWatched(nuint sizeBytes, nuint alignmentBytes, BlockKind kind)
    {
        if (sizeBytes > _store.Map.SpanBytes) return null;
        if (!_guard->IsChecking) return Record(AllocateCore(sizeBytes, alignmentBytes), sizeBytes, kind);
        if (sizeBytes == 0) sizeBytes = 1;
        // Above a page the run itself is aligned, and there is no room before it.
        nuint front = alignmentBytes > PageNumber.SizeBytes ? 0 : alignmentBytes > RedZones.LeastBytes ? alignmentBytes : RedZones.LeastBytes;
        byte* inner = AllocateCore(front + sizeBytes + RedZones.LeastBytes, alignmentBytes);
        return inner == null ? null : Zone(inner, front, sizeBytes, kind);
    }

    private byte* Zone(byte* inner, nuint front, nuint sizeBytes, BlockKind kind)
    {
        ExamineCore(inner, out _, out nuint innerBytes);
        BlockRecord* record = TryRecord(inner, innerBytes, inner + front, sizeBytes, kind);
        if (record == null)
        {
            FreeCore(inner);
            return null;
        }

        record->Keeping = BlockKeeping.Zoned;
        RedZones.Fill(inner, record->User, RedZones.Zone);
        RedZones.Fill(record->User, record->User + sizeBytes, RedZones.Fresh);
        RedZones.Fill(record->User + sizeBytes, inner + record->InnerBytes, RedZones.Zone);
        return record->User;
    }

    // Without the lock: mapping takes locks that come before it.
    private byte* AllocateGuarded(nuint sizeBytes, BlockKind kind, Telling telling)
    {
        ulong pageCount = PageNumber.CountFor(sizeBytes);
        byte* pages;
        if (!_guard->Options.AllocateGuarded(pageCount, &pages)) return null;
        bool wereOn = Enter();
        byte* block = Guard(pages, pageCount, sizeBytes, kind);
        if (telling == Telling.Observer) Tell(block, sizeBytes);
        Leave(wereOn);
        if (block == null) _guard->Options.FreeGuarded(pages);
        return block;
    }

    // The block ends where the page that is not mapped begins, but for what its alignment leaves.
    private byte* Guard(byte* pages, ulong pageCount, nuint sizeBytes, BlockKind kind)
    {
        ForgetFreed(pages);
        nuint innerBytes = (nuint)pageCount << PageNumber.Shift;
        nuint before = (innerBytes - sizeBytes) & ~(nuint)(RedZones.LeastBytes - 1);
        BlockRecord* record = TryRecord(pages, innerBytes, pages + before, sizeBytes, kind);
        if (record == null) return null;
        record->Keeping = BlockKeeping.Guarded;
        byte* end = pages + innerBytes + PageNumber.SizeBytes;
        if (_guard->GuardedEnd == null || pages < _guard->LowestGuarded) _guard->LowestGuarded = pages;
        if (end > _guard->GuardedEnd) _guard->GuardedEnd = end;
        RedZones.Fill(pages, record->User, RedZones.Zone);
        RedZones.Fill(record->User, record->User + sizeBytes, RedZones.Fresh);
        RedZones.Fill(record->User + sizeBytes, pages + innerBytes, RedZones.Zone);
        return record->User;
    }

    /// <summary>Writes down a block that lies bare.</summary>
    private byte* Record(byte* block, nuint sizeBytes, BlockKind kind)
    {
        if (block == null) return null;
        ExamineCore(block, out _, out nuint innerBytes);
        if (TryRecord(block, innerBytes, block, sizeBytes, kind) != null) return block;
        FreeCore(block);
        return null;
    }

    private BlockRecord* TryRecord(byte* inner, nuint innerBytes, byte* user, nuint userBytes, BlockKind kind)
    {
        if (!_guard->Records.TryAdd(ref _store, inner, out BlockRecord* record)) return null;
        record->InnerBytes = innerBytes;
        record->User = user;
        record->UserBytes = userBytes;
        record->Number = ++_guard->Allocations;
        record->Time = _guard->Options.Clock == null ? 0 : _guard->Options.Clock();
        record->AllocatedBy = CaptureStack();
        record->Kind = kind;
        record->IsLive = true;
        _guard->RequestedBytes += userBytes;
        _guard->GrantedBytes += innerBytes;
        _guard->LiveBlocks++;
        _guard->LiveBytes += innerBytes;
        return record;
    }

    // Without the lock.
    private void SetKind(void* block, BlockKind kind)
    {
        if (_guard == null || block == null) return;
        bool wereOn = Enter();
        BlockRecord* record = FindRecord((byte*)block);
        if (record != null) record->Kind = kind;
        Leave(wereOn);
    }

    private CallStack CaptureStack()
    {
        if (_guard->Options.Capture == null) return default;
        FrameBuffer buffer = default;
        nuint* frames = (nuint*)&buffer;
        return _guard->Stacks.Keep(ref _store, frames, _guard->Options.Capture(frames, CallStack.MostFrames));
    }

    private readonly nuint SizeOfWatched(byte* block)
    {
        BlockRecord* record = FindRecord(block);
        if (record == null || !record->IsLive || record->User != block) return 0;
        return record->Keeping == BlockKeeping.Bare ? record->InnerBytes : record->UserBytes;
    }

    /// <summary>What is to be reallocated, and the kind that it is to have elsewhere.</summary>
    private HeapFreeResult ExamineRecorded(byte* block, out BlockKind kind)
    {
        HeapFreeResult result = ExamineWatched(block, out BlockRecord* record);
        kind = result != HeapFreeResult.Ok || record->Kind is BlockKind.Aligned or BlockKind.CacheObject ? BlockKind.Plain : record->Kind;
        return result == HeapFreeResult.Ok ? result : Find(result, record, block, OffsetIn(record, block), 0);
    }

    // A checking heap never leaves a block in place: who still uses the old address is to be found.
    private bool TryResizeWatched(byte* block, nuint newSizeBytes)
    {
        BlockRecord* record = FindRecord(block);
        if (record->Keeping != BlockKeeping.Bare || !TryResize(_store.Map.Find(block), record->InnerBytes, newSizeBytes)) return false;
        Resize(record, newSizeBytes);
        return true;
    }

    private readonly void Resize(BlockRecord* record, nuint newSizeBytes)
    {
        ExamineCore(record->Inner, out _, out nuint innerBytes);
        _guard->LiveBytes += innerBytes - record->InnerBytes;
        _guard->GrantedBytes += innerBytes - record->InnerBytes;
        if (newSizeBytes > record->UserBytes) _guard->RequestedBytes += newSizeBytes - record->UserBytes;
        record->InnerBytes = innerBytes;
        record->UserBytes = newSizeBytes;
    }

    private readonly void CountWatched(ref HeapStatistics total)
    {
        total.LiveBlocks = _guard->LiveBlocks;
        total.LiveBytes = _guard->LiveBytes;
        total.Allocations = _guard->Allocations;
        total.RequestedBytes = _guard->RequestedBytes;
        total.GrantedBytes = _guard->GrantedBytes;
    }

    /// <summary>Room for the addresses of a stack.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Size = (int)CallStack.MostFrames * sizeof(ulong))]
    private struct FrameBuffer
    {
    }
}
