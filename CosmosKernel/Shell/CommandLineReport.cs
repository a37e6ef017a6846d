using MemOS.Boot;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The words of the kernel command line that were not understood, each with the reason; nothing when all were.</summary>
public sealed class CommandLineReport : IReport
{
    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        KernelCommandLine line = KernelMemory.CommandLine;
        int kept = line.FaultCount < KernelCommandLine.KeptFaults ? line.FaultCount : KernelCommandLine.KeptFaults;
        for (int i = 0; i < kept; i++)
        {
            CommandLineFault fault = line.Fault(i, out TextSlice word);
            terminal.WriteLine("command line: '" + word.ToString() + "' " + ReasonOf(fault) + ", ignored");
        }

        if (line.FaultCount > kept) terminal.WriteLine("command line: " + (line.FaultCount - kept).ToString() + " more words ignored");
        if (line.La57 && !ProcessorState.HasFiveLevels)
            terminal.WriteLine("command line: 'la57=on' needs a processor with five levels of page tables, ignored");
    }

    private static string ReasonOf(CommandLineFault fault)
    {
        switch (fault)
        {
            case CommandLineFault.UnknownKey: return "has no key that MemOS knows";
            case CommandLineFault.BadValue: return "has no value that the key takes";
            default: return "is not of the form key=value";
        }
    }
}
