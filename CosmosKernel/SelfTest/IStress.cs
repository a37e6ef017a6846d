using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>A test that does random things to the running kernel and keeps a model of what must come of them.</summary>
public interface IStress
{
    /// <summary>What is typed behind <c>stress</c>.</summary>
    string Name { get; }

    /// <summary>Runs until the budget is spent, or something is wrong.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    string? Run(ITerminal terminal, StressBudget budget);
}
