using MemOS.Memory.Paging;

namespace MemOS.Memory.Virtual;

/// <summary>Passes the runs of the lower half on to another visitor and ends at the first of the upper half.</summary>
internal struct LowerHalfVisitor<TVisitor> : IMappingVisitor
    where TVisitor : struct, IMappingVisitor
{
    /// <summary>A field that changes: the visitor counts in itself what it sees.</summary>
    public TVisitor Inner;

    public LowerHalfVisitor(TVisitor inner)
    {
        Inner = inner;
    }

    public bool Visit(in MappedRun run) => !run.Start.IsUpperHalf && Inner.Visit(in run);
}
