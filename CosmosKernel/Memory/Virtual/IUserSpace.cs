using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>The page tables of a process: what <see cref="UserMemory{TSpace,TMemory,TSource}"/> changes of an address space.</summary>
/// <remarks>Used as a struct type parameter and copied freely: an instance is a handle. Each change has been carried out on every processor when it returns.</remarks>
public interface IUserSpace
{
    /// <summary>Maps one page of the smallest size.</summary>
    PagingResult MapPage(VirtAddr page, PhysAddr target, PageFlags flags);

    /// <summary>Maps neighbouring pages to frames in a row.</summary>
    PagingResult Map(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, LargePages largePages);

    /// <summary>Maps neighbouring pages, each to the frame at its place in <paramref name="targets"/>: all or none.</summary>
    unsafe PagingResult MapPages(VirtAddr start, PhysAddr* targets, int count, PageFlags flags);

    /// <summary>Lets a mapped page stand for another frame, with other flags.</summary>
    PagingResult Retarget(VirtAddr page, PhysAddr target, PageFlags flags);

    /// <summary>Unmaps one page of the smallest size, and says what it was; NotMapped when it was none.</summary>
    PagingResult UnmapPage(VirtAddr page, out PhysAddr target, out PageFlags flags);

    /// <summary>Unmaps a range whose frames the caller knows.</summary>
    PagingResult Unmap(VirtAddr start, ulong sizeBytes, Holes holes);

    /// <summary>Gives a range other flags.</summary>
    PagingResult Protect(VirtAddr start, ulong sizeBytes, PageFlags flags, Holes holes);

    /// <summary>What an address stands for.</summary>
    PagingResult Translate(VirtAddr address, out Translation translation);

    /// <summary>Shows <paramref name="visitor"/> what is mapped in a range of the lower half.</summary>
    void VisitRange<TVisitor>(VirtAddr start, ulong sizeBytes, ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor;
}
