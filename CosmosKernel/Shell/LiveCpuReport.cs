using MemOS.Memory.Paging;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>What <c>cpu</c> prints: the processor that runs, the registers as they are, the page sizes in the live tables.</summary>
public sealed class LiveCpuReport : IReport
{
    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        PageSizes sizes = default;
        KernelMemory.Space.Walker.VisitMappings(ref sizes);
        new CpuReport(ProcessorState.Features, ProcessorState.Control, sizes.Seen).WriteTo(terminal);
    }

    private struct PageSizes : IMappingVisitor
    {
        public ulong Seen { get; private set; }

        public bool Visit(in MappedRun run)
        {
            Seen |= 1UL << run.PageShift;
            return true;
        }
    }
}
