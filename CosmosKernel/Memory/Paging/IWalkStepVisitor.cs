namespace MemOS.Memory.Paging;

/// <summary>Is shown each step of a walk, from the root down.</summary>
public interface IWalkStepVisitor
{
    /// <summary>Is shown <paramref name="step"/>.</summary>
    void Visit(in WalkStep step);
}
