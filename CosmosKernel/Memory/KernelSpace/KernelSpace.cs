using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>The kernel's own address space: pages, stacks and device windows at addresses that it chooses.</summary>
/// <remarks>
/// <para>
/// <b>Allocate</b>, <b>Free</b> and <b>TryGetPhysical</b> are vmm_alloc, vmm_free and vmm_get_phys. Addresses come from the layout's
/// windows (<see cref="KernelRanges"/>), with an unmapped page on both sides of each range, frames one by one from the frame
/// source, so they need not lie in a row. What was handed out is all mapped; what was freed is unmapped, forgotten by the
/// processors, and only then its frames and addresses can be handed out again, in this order.
/// </para>
/// <para>
/// <b>All or nothing.</b> When frames or tables run out half way, the pages mapped so far are unmapped again.
/// </para>
/// <para>
/// A window is used as far as one entry of the root table reaches: the builder has made that table, so the roots of all address
/// spaces share what is mapped here without being told.
/// </para>
/// <para>
/// <b>Locking.</b> Changes take the lock of the kernel's tables, of rank <see cref="LockRank.AddressSpace"/>; translating and walking
/// take none. <b>Cost.</b> One map or unmap a page; one flush for 64 pages.
/// </para>
/// </remarks>
public struct KernelSpace<TMemory, TFormat, TTables, TFrames, TTlb, TGuard>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TTables : struct, ITableFrameSource
    where TFrames : struct, IFrameSource
    where TTlb : struct, ITlb
    where TGuard : struct, ILockGuard
{
    private const PageFlags Common = PageFlags.Present | PageFlags.Global | PageFlags.Accessed;
    private const PageFlags Refused = PageFlags.User;
    private const PageFlags ReadWrite = PageFlags.Writable | PageFlags.Dirty;

    private readonly TFrames _frames;
    private readonly TTlb _tlb;
    private readonly TGuard _guard;
    private SpaceTag _tag;
    private TicketLock _lock;
    private PageMapper<TMemory, TFormat, TTables> _mapper;
    private KernelRanges _heap;
    private KernelRanges _stacks;
    private KernelRanges _devices;

    /// <summary>The space over tables that a builder has made.</summary>
    /// <param name="mapper">The builder's mapper; from now on this is its only user.</param>
    /// <param name="frames">Where the frames behind pages and stacks come from.</param>
    /// <param name="tlb">Who carries out flushes.</param>
    /// <param name="guard">The processor, for the lock.</param>
    /// <param name="tag">What the processor's holdings are known by; this is the only user.</param>
    /// <param name="layout">The builder's layout.</param>
    /// <param name="heap">Records for <see cref="Allocate"/>: a power of two, at least 64.</param>
    /// <param name="stacks">Records for <see cref="AllocateStack"/>, likewise.</param>
    /// <param name="devices">Records for <see cref="MapDevice"/>, likewise.</param>
    public KernelSpace(
        PageMapper<TMemory, TFormat, TTables> mapper, TFrames frames, TTlb tlb, TGuard guard, SpaceTag tag, KernelLayout layout,
        StructArray<RangeRecord> heap, StructArray<RangeRecord> stacks, StructArray<RangeRecord> devices)
    {
        _frames = frames;
        _tlb = tlb;
        _guard = guard;
        _tag = tag;
        _lock = new TicketLock(LockRank.AddressSpace);
        _mapper = mapper;
        _heap = new KernelRanges(Shared(layout.Heap), heap);
        _stacks = new KernelRanges(Shared(layout.Stacks), stacks);
        _devices = new KernelRanges(Shared(layout.Devices), devices);
        Layout = layout;
    }

    /// <summary>Where what goes.</summary>
    public readonly KernelLayout Layout { get; }

    /// <summary>How often its lock was taken, and waited for.</summary>
    public readonly LockStatistics LockStatistics => _lock.Statistics;

    /// <summary>The root table, which the processor is told.</summary>
    public readonly PhysAddr Root => _mapper.Root;

    /// <summary>A walker of the tables.</summary>
    public readonly PageTableWalker<TMemory, TFormat> Walker => _mapper.Walker;

    /// <summary>The number of linked page tables.</summary>
    public readonly ulong TableCount => _mapper.TableCount;

    /// <summary>The pages that <see cref="Allocate"/> has handed out.</summary>
    public readonly ulong AllocatedPageCount => _heap.ReservedPageCount;

    /// <summary>Makes this processor run on the kernel's tables alone, without any lower half.</summary>
    public void Load()
    {
        bool wereOn = _guard.Enter();
        _tlb.Switch(_mapper.Root, ref _tag);
        _guard.Leave(wereOn);
    }

    /// <summary>vmm_alloc: <paramref name="pageCount"/> pages of zeros in a row.</summary>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="flags">Writable or executable or neither, and a kind of caching; never the user's.</param>
    /// <param name="address">The first byte; the pages before the first and after the last one are not mapped.</param>
    public KernelSpaceResult Allocate(ulong pageCount, PageFlags flags, out VirtAddr address)
    {
        bool wereOn = _lock.Acquire(_guard);
        KernelSpaceResult result = AllocateIn(ref _heap, pageCount, flags, out address);
        _lock.Release(_guard, wereOn);
        return result;
    }

    /// <summary>vmm_free: gives back what starts at <paramref name="address"/>.</summary>
    public KernelSpaceResult Free(VirtAddr address)
    {
        bool wereOn = _lock.Acquire(_guard);
        KernelSpaceResult result = FreeIn(ref _heap, address);
        _lock.Release(_guard, wereOn);
        return result;
    }

    /// <summary>vmm_get_phys: the physical address behind <paramref name="address"/>, which may be any mapped one of the kernel's.</summary>
    public readonly bool TryGetPhysical(VirtAddr address, out PhysAddr physical) =>
        _mapper.Resolve(address, out physical) == PagingResult.Ok;

    /// <summary>What <paramref name="address"/> stands for.</summary>
    public readonly PagingResult Translate(VirtAddr address, out Translation translation) => _mapper.Translate(address, out translation);

    /// <summary>A stack of <paramref name="pageCount"/> pages; overrunning either end faults.</summary>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="stack">Its pages: it grows down from their end.</param>
    public KernelSpaceResult AllocateStack(ulong pageCount, out PageRange stack)
    {
        bool wereOn = _lock.Acquire(_guard);
        KernelSpaceResult result = AllocateIn(ref _stacks, pageCount, ReadWrite, out VirtAddr address);
        _lock.Release(_guard, wereOn);
        stack = result == KernelSpaceResult.Ok ? new PageRange(address.ContainingPage, pageCount) : default;
        return result;
    }

    /// <summary>Gives back a stack that nobody runs on.</summary>
    public KernelSpaceResult FreeStack(PageRange stack)
    {
        bool wereOn = _lock.Acquire(_guard);
        KernelSpaceResult result = FreeIn(ref _stacks, stack.Start.Start);
        _lock.Release(_guard, wereOn);
        return result;
    }

    /// <summary>Makes <paramref name="sizeBytes"/> bytes of a device from <paramref name="target"/> on reachable.</summary>
    /// <param name="target">The first byte; need not be the first of a page.</param>
    /// <param name="sizeBytes">How many bytes.</param>
    /// <param name="caching">How accesses are treated.</param>
    /// <param name="address">Where the first byte is seen.</param>
    public KernelSpaceResult MapDevice(PhysAddr target, ulong sizeBytes, Caching caching, out VirtAddr address)
    {
        bool wereOn = _lock.Acquire(_guard);
        KernelSpaceResult result = MapFrames(target, sizeBytes, caching, out address);
        _lock.Release(_guard, wereOn);
        return result;
    }

    /// <summary>Takes back what <see cref="MapDevice"/> gave; <paramref name="address"/> as it was given.</summary>
    public KernelSpaceResult UnmapDevice(VirtAddr address)
    {
        bool wereOn = _lock.Acquire(_guard);
        KernelSpaceResult result = UnmapFrames(address);
        _lock.Release(_guard, wereOn);
        return result;
    }

    /// <summary>The first broken invariant of the tables or of the ranges, as text; null when all hold.</summary>
    public readonly string? Validate()
    {
        PagingInvariant tables = _mapper.Validate();
        if (tables != PagingInvariant.None) return "the tables are broken";
        return _heap.Validate() ?? _stacks.Validate() ?? _devices.Validate();
    }

    private static PageRange Shared(AddressWindow window)
    {
        TFormat format = default;
        if (format.Halves == AddressHalves.Lower) return window.Pages; // No half of it is another address space's too.
        ulong rootEntryBytes = 1UL << (format.PageShift + ((format.LevelCount - 1) * format.IndexBits));
        ulong toEntryEnd = rootEntryBytes - (window.Start.Value & (rootEntryBytes - 1));
        return new AddressWindow(window.Start, window.SizeBytes < toEntryEnd ? window.SizeBytes : toEntryEnd).Pages;
    }

    private static PageFlags FlagsOf(Caching caching)
    {
        switch (caching)
        {
            case Caching.Disabled: return PageFlags.CacheDisabled | PageFlags.WriteThrough;
            case Caching.WriteThrough: return PageFlags.WriteThrough;
            case Caching.WriteCombining: return PageFlags.WriteCombining;
            default: return PageFlags.None;
        }
    }

    private static KernelSpaceResult ResultOf(RangeResult result)
    {
        switch (result)
        {
            case RangeResult.Ok: return KernelSpaceResult.Ok;
            case RangeResult.OutOfAddresses: return KernelSpaceResult.OutOfAddresses;
            case RangeResult.OutOfRecords: return KernelSpaceResult.OutOfRecords;
            case RangeResult.NotReserved: return KernelSpaceResult.NotAllocated;
            default: return KernelSpaceResult.BadSize;
        }
    }

    private static KernelSpaceResult ResultOf(PagingResult result)
    {
        // The addresses were reserved for this: nothing else can be in the way.
        KernelAssert.That(result is PagingResult.OutOfTables or PagingResult.WritableAndExecutable, "KernelSpace: a reserved page is in use");
        return result == PagingResult.OutOfTables ? KernelSpaceResult.OutOfTables : KernelSpaceResult.BadFlags;
    }

    private KernelSpaceResult AllocateIn(ref KernelRanges ranges, ulong pageCount, PageFlags flags, out VirtAddr address)
    {
        address = default;
        if ((flags & Refused) != 0) return KernelSpaceResult.BadFlags;
        RangeResult reserved = ranges.Reserve(pageCount, out PageRange pages);
        if (reserved != RangeResult.Ok) return ResultOf(reserved);

        KernelSpaceResult result = Fill(pages, flags | Common, out ulong filled);
        if (result != KernelSpaceResult.Ok)
        {
            Empty(new PageRange(pages.Start, filled));
            Abandon(ref ranges, pages.Start);
            return result;
        }

        address = pages.Start.Start;
        return KernelSpaceResult.Ok;
    }

    private KernelSpaceResult FreeIn(ref KernelRanges ranges, VirtAddr address)
    {
        if (!address.IsPageAligned || !ranges.TryFind(address.ContainingPage, out PageRange pages)) return KernelSpaceResult.NotAllocated;
        Empty(pages);
        Abandon(ref ranges, pages.Start);
        return KernelSpaceResult.Ok;
    }

    private KernelSpaceResult MapFrames(PhysAddr target, ulong sizeBytes, Caching caching, out VirtAddr address)
    {
        address = default;
        ulong limit = 1UL << PhysAddr.MaxBits;
        if (sizeBytes == 0) return KernelSpaceResult.BadSize;
        if (target.Value >= limit || sizeBytes > limit - target.Value) return KernelSpaceResult.PhysicalOutOfRange;
        FrameRange frames = FrameRange.Covering(target, sizeBytes);
        RangeResult reserved = _devices.Reserve(frames.Count, out PageRange pages);
        if (reserved != RangeResult.Ok) return ResultOf(reserved);

        VirtAddr start = pages.Start.Start;
        PageFlags flags = Common | ReadWrite | FlagsOf(caching);
        PendingFlush flush = _mapper.MapRange(start, frames.Start.Start, frames.SizeBytes, flags, LargePages.Never, out PagingResult mapped);
        _tlb.Flush(flush);
        if (mapped != PagingResult.Ok)
        {
            Abandon(ref _devices, pages.Start);
            return ResultOf(mapped);
        }

        address = start + target.OffsetInFrame;
        return KernelSpaceResult.Ok;
    }

    private KernelSpaceResult UnmapFrames(VirtAddr address)
    {
        PageNumber first = address.ContainingPage;
        if (!_devices.TryFind(first, out PageRange pages)) return KernelSpaceResult.NotAllocated;
        PendingFlush flush = _mapper.UnmapRange(first.Start, pages.SizeBytes, Holes.Refused, out PagingResult result);
        KernelAssert.That(result == PagingResult.Ok, "KernelSpace: a device window is not mapped");
        _tlb.Flush(flush);
        _mapper.FreeRetiredTables();
        Abandon(ref _devices, first);
        return KernelSpaceResult.Ok;
    }

    // Puts a frame behind each page; how many have one when it ends early.
    private KernelSpaceResult Fill(PageRange pages, PageFlags flags, out ulong filled)
    {
        for (filled = 0; filled < pages.Count; filled++)
        {
            if (!_frames.TryAllocate(out FrameNumber frame)) return KernelSpaceResult.OutOfFrames;
            _tlb.Flush(_mapper.Map((pages.Start + filled).Start, frame.Start, flags, out PagingResult result));
            if (result == PagingResult.Ok) continue;
            _frames.Free(frame);
            return ResultOf(result);
        }

        return KernelSpaceResult.Ok;
    }

    // Unmaps all pages and gives their frames back, in batches: unmapped, then forgotten, then freed.
    private void Empty(PageRange pages)
    {
        for (ulong done = 0; done < pages.Count;)
        {
            FrameBatch frames = default;
            PendingFlush flush = PendingFlush.None;
            for (; done < pages.Count && !frames.IsFull; done++)
            {
                flush = flush.And(_mapper.Unmap((pages.Start + done).Start, out PageEntry<TFormat> unmapped, out PagingResult result));
                KernelAssert.That(result == PagingResult.Ok, "KernelSpace: an allocated page is not mapped");
                frames.Add(unmapped.Address.ContainingFrame);
            }

            _tlb.Flush(flush);
            _mapper.FreeRetiredTables();
            while (frames.Count != 0) _frames.Free(frames.Take());
        }
    }

    private static void Abandon(ref KernelRanges ranges, PageNumber first)
    {
        RangeResult result = ranges.Release(first);
        KernelAssert.That(result == RangeResult.Ok, "KernelSpace: a range is lost");
    }
}
