using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The commands about processors: cpus, locks.</summary>
public static class ProcessorCommands
{
    /// <summary>Adds them to a table.</summary>
    public static void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("cpus", "", "lists the processors: which run, on which node, what they do for each other", List));
        LockCommand.AddTo(table);
    }

    private static CommandResult List(ITerminal terminal, string[] arguments)
    {
        var table = new TextTable("cpu", "apic", "node", "state", "calls", "ticks");
        for (int number = 0; number < KernelMemory.Processors.Count; number++) Add(table, CpuId.FromTrusted(number));
        table.WriteTo(terminal);
        TlbCounters flushes = MachineTlb.Totals;
        if (flushes.Requests != 0)
            terminal.WriteLine(flushes.Requests.ToString() + " flushes concerned other processors, which took " + flushes.Interrupts.ToString() + " interrupts");
        if (ProcessorTimer.IsThere) terminal.WriteLine(TimerText);
        terminal.WriteLine(Processors.RunningCount.ToString() + " of " + KernelMemory.Processors.Count.ToString() + " run"
            + (LocalApic.IsInUse ? ", interrupted by " + (LocalApic.IsX2 ? "x2APIC" : "xAPIC") : ""));
        if (KernelMemory.Processors.LeftOut != 0) terminal.WriteLine("the firmware names " + KernelMemory.Processors.LeftOut.ToString() + " more than there are numbers for");
        if (Processors.Obstacle != ProcessorObstacle.None) terminal.WriteLine(ReasonOf(Processors.Obstacle));
        return CommandResult.Ok;
    }

    private static string TimerText =>
        "each but the first has a timer of its own: " + LocalApic.TimerFrequency.ToString() + " steps and " + ProcessorTimer.TicksPerSecond.ToString()
        + " ticks a second while it has something to do";

    private static string ReasonOf(ProcessorObstacle obstacle) => obstacle switch
    {
        ProcessorObstacle.NotTried => "they were not woken yet",
        ProcessorObstacle.NoApic => "this processor has no local APIC",
        ProcessorObstacle.NoList => "the firmware's list of processors (MADT) cannot be used: " + KernelMemory.Processors.Fault.Description(),
        ProcessorObstacle.SilentApic => "the local APIC does not answer",
        ProcessorObstacle.NoLowMemory => "there is no memory below 640 KiB to start them in",
        _ => "there was no memory for more",
    };

    private static unsafe void Add(TextTable table, CpuId cpu)
    {
        uint apicId = KernelMemory.Processors.ApicIdOf(cpu);
        string node = KernelMemory.Topology.TryNodeOfProcessor(apicId, out NodeId home) ? home.Value.ToString() : "";
        bool isKnown = cpu.Value < CrossCalls.Count;
        string calls = isKnown ? CrossCalls.AreaOf(cpu)->CallsServed.ToString() : "";
        string ticks = isKnown && cpu.Value != 0 ? CrossCalls.AreaOf(cpu)->Ticks.ToString() : "";
        table.Add(cpu.Value.ToString(), apicId.ToString(), node, isKnown ? StateOf(cpu) : "not woken", calls, ticks);
    }

    private static unsafe string StateOf(CpuId cpu) => (ProcessorPhase)CrossCalls.AreaOf(cpu)->Phase switch
    {
        ProcessorPhase.Running => "runs",
        ProcessorPhase.Silent => "did not answer",
        _ => "cannot be woken",
    };
}
