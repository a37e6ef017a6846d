using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>An <see cref="AddressSpace{TMemory,TFormat,TTables,TTlb,TGuard}"/> that lies still, as a process's tables.</summary>
public readonly unsafe struct SpaceHandle<TMemory, TFormat, TTables, TTlb, TGuard> : IUserSpace
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TTables : struct, ITableFrameSource
    where TTlb : struct, ITlb
    where TGuard : struct, ILockGuard
{
    private readonly void* _space;

    /// <summary>The space at <paramref name="space"/>, which stays there.</summary>
    public SpaceHandle(void* space) => _space = space;

    /// <summary>The space.</summary>
    // SAFETY: whoever made the handle keeps the space where it is.
    public ref AddressSpace<TMemory, TFormat, TTables, TTlb, TGuard> Space => ref Unsafe.AsRef<AddressSpace<TMemory, TFormat, TTables, TTlb, TGuard>>(_space);

    /// <inheritdoc/>
    public PagingResult MapPage(VirtAddr page, PhysAddr target, PageFlags flags) => Space.MapPage(page, target, flags);

    /// <inheritdoc/>
    public PagingResult Map(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, LargePages largePages) =>
        Space.Map(start, target, sizeBytes, flags, largePages);

    /// <inheritdoc/>
    public PagingResult MapPages(VirtAddr start, PhysAddr* targets, int count, PageFlags flags) => Space.MapPages(start, targets, count, flags);

    /// <inheritdoc/>
    public PagingResult Retarget(VirtAddr page, PhysAddr target, PageFlags flags) => Space.Retarget(page, target, flags);

    /// <inheritdoc/>
    public PagingResult UnmapPage(VirtAddr page, out PhysAddr target, out PageFlags flags)
    {
        PagingResult result = Space.UnmapPage(page, out PageEntry<TFormat> unmapped);
        target = unmapped.Address;
        flags = unmapped.Flags;
        return result;
    }

    /// <inheritdoc/>
    public PagingResult Unmap(VirtAddr start, ulong sizeBytes, Holes holes) => Space.Unmap(start, sizeBytes, holes);

    /// <inheritdoc/>
    public PagingResult Protect(VirtAddr start, ulong sizeBytes, PageFlags flags, Holes holes) => Space.Protect(start, sizeBytes, flags, holes);

    /// <inheritdoc/>
    public PagingResult Translate(VirtAddr address, out Translation translation) => Space.Translate(address, out translation);

    /// <inheritdoc/>
    public void VisitRange<TVisitor>(VirtAddr start, ulong sizeBytes, ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor => Space.Walker.VisitMappings(start, sizeBytes, ref visitor);
}
