using System.Collections.Generic;
using MemOS.Memory.Paging;

namespace MemOS.Tests.Fakes;

/// <summary>Keeps the mappings that it is shown, as text.</summary>
public readonly struct RunRecorder(List<string> lines) : IMappingVisitor
{
    public List<string> Lines { get; } = lines;

    public bool Visit(in MappedRun run)
    {
        Lines.Add($"{run.Start} {run.Target} {run.PageCount}x{run.PageShift} {run.Flags}");
        return true;
    }
}
