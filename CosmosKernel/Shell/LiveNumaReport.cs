using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>What <c>numa</c> prints of the machine's own nodes.</summary>
public sealed class LiveNumaReport : IReport
{
    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal) => new NumaReport(in KernelMemory.Topology).WriteTo(terminal);
}
