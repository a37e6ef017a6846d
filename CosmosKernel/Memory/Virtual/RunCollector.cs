using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Gathers the runs of a range, as many as there is room for, so that tables can be changed when the visit is over.</summary>
/// <remarks>Pages of the smallest size only: processes have no others.</remarks>
internal unsafe struct RunCollector : IMappingVisitor
{
    /// <summary>How many runs it holds.</summary>
    internal const int Capacity = 32;

    private fixed ulong _starts[Capacity];
    private fixed ulong _targets[Capacity];
    private fixed ulong _counts[Capacity];
    private fixed int _flags[Capacity];

    /// <summary>Begins anew, for a range that ends before <paramref name="end"/>.</summary>
    internal void Clear(PageNumber end)
    {
        Count = 0;
        Reached = end;
    }

    /// <summary>The number of runs.</summary>
    internal int Count { get; private set; }

    /// <summary>The first page after what was gathered: the range's end, or the run that there was no room for.</summary>
    internal PageNumber Reached { get; private set; }

    /// <summary>The run that was gathered as number <paramref name="index"/>, from 0.</summary>
    internal readonly MappedRun this[int index]
    {
        get
        {
            KernelAssert.That((uint)index < (uint)Count, "RunCollector: no such run");
            // SAFETY: below the count.
            return new MappedRun(
                VirtAddr.FromTrusted(_starts[index]), PhysAddr.FromTrusted(_targets[index]), _counts[index], PageNumber.Shift, (PageFlags)_flags[index]);
        }
    }

    /// <inheritdoc/>
    public bool Visit(in MappedRun run)
    {
        KernelAssert.That(run.PageShift == PageNumber.Shift, "RunCollector: a large page of a process");
        if (Count == Capacity)
        {
            Reached = run.Start.ContainingPage;
            return false;
        }

        // SAFETY: below the capacity.
        _starts[Count] = run.Start.Value;
        _targets[Count] = run.Target.Value;
        _counts[Count] = run.PageCount;
        _flags[Count] = (int)run.Flags;
        Count++;
        return true;
    }
}
