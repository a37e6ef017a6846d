using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Pages of one size in a row, whose frames are in a row too and whose flags are equal.</summary>
public readonly struct MappedRun
{
    /// <summary>The first virtual address.</summary>
    public readonly VirtAddr Start;

    /// <summary>The physical address that <see cref="Start"/> stands for.</summary>
    public readonly PhysAddr Target;

    /// <summary>The number of pages.</summary>
    public readonly ulong PageCount;

    /// <summary>log2 of a page's size.</summary>
    public readonly int PageShift;

    /// <summary>What all levels together allow; accessed and dirty are left out, as they would tear runs apart.</summary>
    public readonly PageFlags Flags;

    /// <summary>All of it.</summary>
    public MappedRun(VirtAddr start, PhysAddr target, ulong pageCount, int pageShift, PageFlags flags)
    {
        Start = start;
        Target = target;
        PageCount = pageCount;
        PageShift = pageShift;
        Flags = flags;
    }

    /// <summary>The size of the run.</summary>
    public ulong SizeBytes => PageCount << PageShift;

    /// <summary>Whether <paramref name="next"/> goes on where this run ends, in both address spaces, in the same way.</summary>
    public bool Continues(MappedRun next) => IsContinuedBy(next.Start, next.Target, next.PageShift, next.Flags);

    /// <summary>Whether a page goes on where this run ends, in both address spaces, in the same way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsContinuedBy(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags) =>
        unchecked(Target.Value + SizeBytes) == target.Value
        && unchecked(Start.Value + SizeBytes) == page.Value
        && PageShift == pageShift && Flags == flags;

    /// <summary>This run and <paramref name="next"/>, which goes on where it ends.</summary>
    public MappedRun With(MappedRun next) => new(Start, Target, PageCount + next.PageCount, PageShift, Flags);

    /// <summary>This run and the page after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MappedRun WithNext() => new(Start, Target, PageCount + 1, PageShift, Flags);
}
