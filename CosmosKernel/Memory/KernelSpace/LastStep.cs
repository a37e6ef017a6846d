using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Where a walk ends: the entry's place.</summary>
internal struct LastStep : IWalkStepVisitor
{
    internal int Level;
    internal PhysAddr Table;
    internal int Index;

    public void Visit(in WalkStep step)
    {
        Level = step.Level;
        Table = step.Table;
        Index = step.Index;
    }
}
