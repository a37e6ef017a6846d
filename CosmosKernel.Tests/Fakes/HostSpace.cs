using MemOS.Memory.Paging;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using Space = MemOS.Memory.Virtual.AddressSpace<
    MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames, MemOS.Tests.Fakes.HostTlb, MemOS.Tests.Fakes.HostGuard>;

namespace MemOS.Tests.Fakes;

/// <summary>An address space of a test as a process's tables. A copy stands for the same.</summary>
public readonly struct HostSpace : IUserSpace
{
    private readonly State _state;

    public HostSpace(Space space) => _state = new State { Space = space };

    public ref Space Space => ref _state.Space;

    public PagingResult MapPage(VirtAddr page, PhysAddr target, PageFlags flags) => Space.MapPage(page, target, flags);

    public PagingResult Map(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, LargePages largePages) =>
        Space.Map(start, target, sizeBytes, flags, largePages);

    public unsafe PagingResult MapPages(VirtAddr start, PhysAddr* targets, int count, PageFlags flags) => Space.MapPages(start, targets, count, flags);

    public PagingResult Retarget(VirtAddr page, PhysAddr target, PageFlags flags) => Space.Retarget(page, target, flags);

    public PagingResult UnmapPage(VirtAddr page, out PhysAddr target, out PageFlags flags)
    {
        PagingResult result = Space.UnmapPage(page, out var unmapped);
        target = unmapped.Address;
        flags = unmapped.Flags;
        return result;
    }

    public PagingResult Unmap(VirtAddr start, ulong sizeBytes, Holes holes) => Space.Unmap(start, sizeBytes, holes);

    public PagingResult Protect(VirtAddr start, ulong sizeBytes, PageFlags flags, Holes holes) => Space.Protect(start, sizeBytes, flags, holes);

    public PagingResult Translate(VirtAddr address, out Translation translation) => Space.Translate(address, out translation);

    public void VisitRange<TVisitor>(VirtAddr start, ulong sizeBytes, ref TVisitor visitor)
        where TVisitor : struct, IMappingVisitor => Space.Walker.VisitMappings(start, sizeBytes, ref visitor);

    private sealed class State
    {
        public Space Space;
    }
}
