using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>An address space: a lower half of its own, and the kernel's upper half.</summary>
/// <remarks>
/// <para>
/// <b>Two halves.</b> The root's upper entries are those of the kernel's root, copied when the space is made. They stay right because the
/// kernel makes a table for each of its windows before the first space (<see cref="PageMapper{TMemory,TFormat,TFrames}.MakeTopTable"/>)
/// and never frees one: what the kernel maps later it maps below tables that all roots share. This type changes the lower half only.
/// </para>
/// <para>
/// <b>What it owns.</b> Its root and the tables of the lower half. The frames behind pages are whoever's maps them: unmapping says
/// which they were, and <see cref="Destroy"/> shows those that are left.
/// </para>
/// <para>
/// <b>Flushes.</b> Each operation has been carried out on every processor when it returns, or, where the space is not loaded, will
/// be before it is used again (<see cref="LoadedSpaces"/>); frames that were unmapped can be given away then, and tables that went out of
/// use have been.
/// </para>
/// <para>
/// <b>Invariants</b>, checked by <see cref="Validate"/>: those of the mapper; and the root's upper half is the kernel's.
/// <b>Locking.</b> Each operation takes the space's lock, of rank <see cref="LockRank.AddressSpace"/>; frames come from under locks of lower
/// rank. It is used where it lies: a copy is another lock. <b>Cost.</b> The mapper's, a lock, and the flush.
/// </para>
/// </remarks>
public struct AddressSpace<TMemory, TFormat, TTables, TTlb, TGuard>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TTables : struct, ITableFrameSource
    where TTlb : struct, ITlb
    where TGuard : struct, ILockGuard
{
    private readonly TTables _tables;
    private readonly TTlb _tlb;
    private readonly TGuard _guard;
    private TicketLock _lock;
    private SpaceTag _tag;
    private PageMapper<TMemory, TFormat, TTables> _mapper;

    private AddressSpace(PageMapper<TMemory, TFormat, TTables> mapper, TTables tables, TTlb tlb, TGuard guard, ulong id)
    {
        _tables = tables;
        _tlb = tlb;
        _guard = guard;
        _lock = new TicketLock(LockRank.AddressSpace);
        _tag = new SpaceTag(id);
        _mapper = mapper;
    }

    /// <summary>The space's number, which no other ever has.</summary>
    public readonly ulong Id => _tag.Id;

    /// <summary>The root table, which the processor is told.</summary>
    public readonly PhysAddr Root => _mapper.Root;

    /// <summary>The number of page tables of its own, the root included.</summary>
    public readonly ulong TableCount => _mapper.TableCount;

    /// <summary>How many flushes there were.</summary>
    public readonly ulong FlushCount => _tag.Generation;

    /// <summary>Whether a processor runs on it.</summary>
    public readonly bool IsLoaded => _tlb.IsLoaded(in _tag);

    /// <summary>A walker of its tables and the kernel's.</summary>
    public readonly PageTableWalker<TMemory, TFormat> Walker => _mapper.Walker;

    /// <summary>The first address that is not its own; 0 is the first that is.</summary>
    public static VirtAddr End => VirtAddr.FromTrusted(1UL << (default(TFormat).VirtualBits - 1));

    /// <summary>Makes a space that maps nothing of its own; false when there is no frame for its root.</summary>
    /// <param name="memory">How tables are reached.</param>
    /// <param name="tables">Where they come from.</param>
    /// <param name="tlb">Who carries out flushes and switches.</param>
    /// <param name="guard">The processor, for the lock.</param>
    /// <param name="kernelRoot">The root whose upper half it shares.</param>
    /// <param name="leafLevels">Bit n set: this machine has the page size of level n.</param>
    /// <param name="id">A number that no space ever had, and not the kernel's.</param>
    /// <param name="space">The space; it is to be moved to where it stays before it is used.</param>
    public static bool TryCreate(
        TMemory memory, TTables tables, TTlb tlb, TGuard guard, PhysAddr kernelRoot, int leafLevels, ulong id,
        out AddressSpace<TMemory, TFormat, TTables, TTlb, TGuard> space)
    {
        space = default;
        if (!tables.TryAllocate(out FrameNumber root)) return false;
        PageMapper<TMemory, TFormat, TTables> mapper = new(memory, tables, root, leafLevels, TopTables.UpperShared);
        mapper.ShareUpperHalf(kernelRoot);
        space = new AddressSpace<TMemory, TFormat, TTables, TTlb, TGuard>(mapper, tables, tlb, guard, id);
        return true;
    }

    /// <summary>Makes this processor run on the space. It takes no lock: a flush that another carries out meanwhile reaches this processor, or is seen.</summary>
    public void Load()
    {
        bool wereOn = _guard.Enter();
        _tlb.Switch(_mapper.Root, ref _tag);
        _guard.Leave(wereOn);
    }

    /// <summary>Maps a range of the lower half; never global.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.MapRange"/>
    public PagingResult Map(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, LargePages largePages)
    {
        KernelAssert.That((flags & PageFlags.Global) == 0, "AddressSpace: a global page of one space");
        if (!IsOwn(start, sizeBytes)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.MapRange(start, target, sizeBytes, flags, largePages, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>Maps one page of the smallest size of the lower half; never global.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.Map"/>
    public PagingResult MapPage(VirtAddr page, PhysAddr target, PageFlags flags)
    {
        KernelAssert.That((flags & PageFlags.Global) == 0, "AddressSpace: a global page of one space");
        if (!IsOwn(page, 1)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.Map(page, target, flags, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>Maps neighbouring pages of the lower half, each to a frame of its own; never global.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.MapPages"/>
    public unsafe PagingResult MapPages(VirtAddr start, PhysAddr* targets, int count, PageFlags flags)
    {
        KernelAssert.That((flags & PageFlags.Global) == 0, "AddressSpace: a global page of one space");
        if (!IsOwn(start, (ulong)(uint)count << default(TFormat).PageShift)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.MapPages(start, targets, count, flags, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>Lets a page of the lower half stand for another frame; never global.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.Retarget"/>
    public PagingResult Retarget(VirtAddr page, PhysAddr target, PageFlags flags)
    {
        KernelAssert.That((flags & PageFlags.Global) == 0, "AddressSpace: a global page of one space");
        if (!IsOwn(page, 1)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.Retarget(page, target, flags, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>Unmaps the page, of whatever size, that starts at <paramref name="page"/>.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.Unmap"/>
    public PagingResult UnmapPage(VirtAddr page, out PageEntry<TFormat> unmapped)
    {
        unmapped = default;
        if (!IsOwn(page, 1)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.Unmap(page, out unmapped, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>Unmaps a range whose frames the caller knows.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.UnmapRange"/>
    public PagingResult Unmap(VirtAddr start, ulong sizeBytes, Holes holes)
    {
        if (!IsOwn(start, sizeBytes)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.UnmapRange(start, sizeBytes, holes, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>Gives a range other flags; never global.</summary>
    /// <inheritdoc cref="PageMapper{TMemory,TFormat,TFrames}.ProtectRange"/>
    public PagingResult Protect(VirtAddr start, ulong sizeBytes, PageFlags flags, Holes holes)
    {
        KernelAssert.That((flags & PageFlags.Global) == 0, "AddressSpace: a global page of one space");
        if (!IsOwn(start, sizeBytes)) return PagingResult.OtherHalf;
        bool wereOn = _lock.Acquire(_guard);
        PendingFlush flush = _mapper.ProtectRange(start, sizeBytes, flags, holes, out PagingResult result);
        Finish(flush, wereOn);
        return result;
    }

    /// <summary>What <paramref name="address"/> stands for, in either half.</summary>
    public readonly PagingResult Translate(VirtAddr address, out Translation translation) => _mapper.Translate(address, out translation);

    /// <summary>Shows <paramref name="visitor"/> what is mapped in the lower half.</summary>
    public readonly void VisitOwn<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor
    {
        LowerHalfVisitor<TVisitor> lower = new(visitor);
        _mapper.Walker.VisitMappings(ref lower);
        visitor = lower.Inner;
    }

    /// <summary>Ends a space that no processor runs on: its tables go back, and nothing of it may be used any more.</summary>
    /// <param name="owner">Is shown what was still mapped and may give away the frames behind it at once.</param>
    public void Destroy<TVisitor>(ref TVisitor owner)
        where TVisitor : struct, IMappingVisitor
    {
        KernelAssert.That(!IsLoaded, "AddressSpace: destroyed under a processor");
        bool wereOn = _lock.Acquire(_guard);
        VisitOwn(ref owner);
        // What processors hold of it stays under a number that this space will never load again.
        PendingFlush flush = _mapper.UnmapRange(VirtAddr.Zero, End.Value, Holes.Skipped, out PagingResult result);
        KernelAssert.That(result == PagingResult.Ok, "AddressSpace: the lower half cannot be unmapped");
        Finish(flush, wereOn);
        KernelAssert.That(_mapper.TableCount == 1, "AddressSpace: a table is lost");
        FrameNumber root = _mapper.Root.ContainingFrame;
        _mapper.UnshareUpperHalf();
        _tables.Free(root);
        this = default;
    }

    /// <summary>The first broken invariant, as text; null when all hold.</summary>
    /// <param name="kernelRoot">The root whose upper half it shares.</param>
    public readonly string? Validate(PhysAddr kernelRoot)
    {
        if (_mapper.Validate() != PagingInvariant.None) return "the tables are broken";
        return _mapper.HasUpperHalfOf(kernelRoot) ? null : "the upper half is not the kernel's";
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOwn(VirtAddr start, ulong sizeBytes)
    {
        ulong end = 1UL << (default(TFormat).VirtualBits - 1);
        return start.Value < end && sizeBytes <= end - start.Value;
    }

    // Carries out the flush, gives back tables that went out of use, and lets go of the lock.
    private void Finish(PendingFlush flush, bool wereOn)
    {
        if (!flush.IsNone) _tlb.Flush(ref _tag, flush);
        if (_mapper.RetiredTableCount != 0) _mapper.FreeRetiredTables();
        _lock.Release(_guard, wereOn);
    }
}
