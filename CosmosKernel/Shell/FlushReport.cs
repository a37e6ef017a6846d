using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>What processors asked each other to forget of page tables, and what it took.</summary>
public static class FlushReport
{
    /// <summary>Prints a row for each processor, and what a request takes.</summary>
    public static void Write(ITerminal terminal)
    {
        var table = new TextTable("cpu", ">requests", ">pages", ">interrupts", ">merged", ">skipped", ">served", ">full", ">caught up");
        for (int number = 0; number < MachineTlb.ProcessorCount; number++) Add(table, CpuId.FromTrusted(number));
        table.WriteTo(terminal);
        TlbCounters totals = MachineTlb.Totals;
        if (totals.Requests == 0) return;
        terminal.WriteLine("a request: " + Ratio(totals.Pages, totals.Requests) + " pages, " + Ratio(totals.Interrupts, totals.Requests) + " interrupts");
    }

    private static void Add(TextTable table, CpuId cpu)
    {
        TlbCounters counters = MachineTlb.CountersOf(cpu);
        table.Add(
            cpu.Value.ToString(), counters.Requests.ToString(), counters.Pages.ToString(), counters.Interrupts.ToString(), counters.Merged.ToString(),
            counters.Skipped.ToString(), counters.Served.ToString(), counters.FullFlushes.ToString(), counters.CaughtUp.ToString());
    }

    private static string Ratio(ulong count, ulong requests)
    {
        ulong hundredths = count * 100 / requests;
        ulong rest = hundredths % 100;
        return (hundredths / 100).ToString() + (rest < 10 ? ".0" : ".") + rest.ToString();
    }
}
