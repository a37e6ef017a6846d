using System.Collections.Generic;
using MemOS.Memory.Paging;

namespace MemOS.Tests.Fakes;

/// <summary>Keeps the steps of the walks that it is shown.</summary>
public readonly struct StepRecorder(List<WalkStep> steps) : IWalkStepVisitor
{
    public List<WalkStep> Steps { get; } = steps;

    public void Visit(in WalkStep step) => Steps.Add(step);
}
