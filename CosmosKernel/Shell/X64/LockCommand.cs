using MemOS.Collections;
using MemOS.Processes;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The command about locks: locks.</summary>
public static class LockCommand
{
    /// <summary>Adds it to a table.</summary>
    public static void AddTo(CommandTable table) =>
        table.Add(new ShellCommand("locks", "", "lists the kernel's locks: how often each was taken, and waited for", List));

    private static CommandResult List(ITerminal terminal, string[] arguments)
    {
        var table = new TextTable("lock", "rank", "taken", "waited for", "looks");
        ref LiveFrames frames = ref KernelMemory.Frames;
        for (int zone = 0; zone < frames.ZoneCount; zone++) Add(table, "zone " + zone.ToString(), LockRank.Zone, frames.ZoneAt(zone).LockStatistics);
        Add(table, "sections of frames", LockRank.Sections, frames.SectionLockStatistics);
        Add(table, "blocks", LockRank.Heap, KernelMemory.Heap.LockStatistics);
        Add(table, "objects", LockRank.Heap, KernelMemory.Objects.LockStatistics);
        Add(table, "the kernel's pages", LockRank.AddressSpace, KernelMemory.Space.LockStatistics);
        Add(table, "threads", LockRank.Global, KernelThreads.LockStatistics);
        Add(table, "threads' queues", LockRank.Global, KernelThreads.QueueLockStatistics);
        Add(table, "processes", LockRank.Processes, ProcessCommands.Table.LockStatistics);
        Add(table, "pages of objects", LockRank.Objects, ProcessSource.LockStatistics);
        Add(table, "console", LockRank.Console, ProgramOutput.LockStatistics);
        table.WriteTo(terminal);
        return CommandResult.Ok;
    }

    private static void Add(TextTable table, string name, LockRank rank, LockStatistics statistics) =>
        table.Add(name, RankName(rank), statistics.Acquisitions.ToString(), statistics.Contentions.ToString(), statistics.Waits.ToString());

    private static string RankName(LockRank rank) => rank switch
    {
        LockRank.Zone => "zone",
        LockRank.Sections => "sections",
        LockRank.Heap => "heap",
        LockRank.AddressSpace => "space",
        LockRank.Console => "console",
        LockRank.Objects => "objects",
        LockRank.Processes => "processes",
        _ => "global",
    };
}
