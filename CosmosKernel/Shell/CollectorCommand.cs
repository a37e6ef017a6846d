using MemOS.Memory.Heap;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The command <c>gc</c>.</summary>
public sealed class CollectorCommand
{
    private const string Usage = "gc, or: gc collect";
    private const int KiBShift = 10;

    private static readonly string[] s_words = { "collect" };

    private readonly ICollector _collector;

    /// <summary>Creates the command over a collector.</summary>
    public CollectorCommand(ICollector collector)
    {
        _collector = collector;
    }

    /// <summary>The command.</summary>
    public ShellCommand ToCommand() =>
        new("gc", "[collect]", "shows what collections of objects did; collect: collects now", Run, s_words);

    private CommandResult Run(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Show(terminal);
            return CommandResult.Ok;
        }

        if (arguments.Length != 1 || arguments[0] != s_words[0]) return CommandResult.Failed(Usage);
        ulong stuck = _collector.Totals.Stuck;
        bool isDone = _collector.TryCollect();
        CollectionTotals totals = _collector.Totals;
        if (!isDone) return CommandResult.Failed(totals.Stuck == stuck ? "nothing can be collected here" : "a processor did not stand still");
        terminal.WriteLine(
            "freed " + totals.LastFreedObjects.ToString() + " objects, " + KiB(totals.LastFreedBytes) + "; left "
            + _collector.Heap.LiveBlocks.ToString() + " objects, " + KiB(totals.SurvivedBytes) + "; in " + Time(totals.LastPauseSteps));
        return CommandResult.Ok;
    }

    private void Show(ITerminal terminal)
    {
        CollectionTotals totals = _collector.Totals;
        HeapStatistics heap = _collector.Heap;
        terminal.WriteLine(
            "collections       " + totals.Count.ToString() + ": " + (totals.Count - totals.Requested - totals.ForExhaustion).ToString() + " by budget, "
            + totals.Requested.ToString() + " on request, " + totals.ForExhaustion.ToString() + " without memory");
        terminal.WriteLine(
            "pauses            last " + Time(totals.LastPauseSteps) + ", longest " + Time(totals.LongestPauseSteps) + ", all " + Time(totals.PauseSteps));
        terminal.WriteLine("objects           " + heap.LiveBlocks.ToString() + " in " + KiB(heap.LiveBytes) + ", the heap holds " + KiB(heap.TotalPages << 2 << KiBShift));
        terminal.WriteLine("freed             " + totals.FreedObjects.ToString() + " objects, " + KiB(totals.FreedBytes));
        terminal.WriteLine("budget            " + KiB(_collector.TakenBytes) + " of " + KiB(_collector.BudgetBytes) + " taken since the last collection");
        terminal.WriteLine("handles           " + _collector.Handles.ToString());
        terminal.WriteLine("finalizers due    " + _collector.ReadyFinalizers.ToString());
        terminal.WriteLine("mark stack full   " + totals.Rescans.ToString() + " times");
        terminal.WriteLine("given up          " + totals.Stuck.ToString() + " times, as a processor did not stand still");
        terminal.WriteLine("memory gone       " + totals.Exhaustions.ToString() + " times; the reserve is " + (_collector.HasReserve ? "there" : "in use"));
    }

    private string Time(ulong steps)
    {
        ulong frequency = _collector.StepsPerMicrosecond;
        return (frequency == 0 ? 0 : steps / frequency).ToString() + " us";
    }

    private static string KiB(ulong bytes) => (bytes >> KiBShift).ToString() + " KiB";
}
