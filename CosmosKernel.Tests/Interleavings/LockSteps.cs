using MemOS.Hardware;

namespace MemOS.Tests.Interleavings;

/// <summary>
/// A processor whose steps an <see cref="Explorer"/> orders, for code with locks of the machine: to take one, and to give it back, are steps that let
/// all earlier writes be seen. How a lock gets there is explored for itself.
/// </summary>
public readonly unsafe struct LockSteps : IProcessor
{
    /// <inheritdoc/>
    public ProcessorLocals* Current => default(ExploredLocals).Current;

    /// <inheritdoc/>
    public ref uint HeldRanks => ref default(ExploredProcessor).HeldRanks;

    /// <inheritdoc/>
    public bool Enter()
    {
        if (!Execution.IsUnderWay) return false;
        Execution execution = Execution.Current;
        execution.Step("takes a lock");
        execution.Flush();
        return false;
    }

    /// <inheritdoc/>
    public void Leave(bool wereOn)
    {
        if (!Execution.IsUnderWay) return;
        Execution execution = Execution.Current;
        execution.Flush();
        execution.Changed(0, 1);
        execution.Note("gives a lock back");
    }

    /// <inheritdoc/>
    public void Wait() => Execution.Current.WaitForAny();
}
