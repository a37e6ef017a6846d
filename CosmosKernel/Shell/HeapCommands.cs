using System;
using System.Collections.Generic;
using System.Globalization;
using MemOS.Memory.Heap;

namespace MemOS.Shell;

/// <summary>The commands about raw blocks: slab, heap and leaks.</summary>
public sealed class HeapCommands
{
    private const string NotWatched = "the heap keeps no records; boot with heap.track=on or heap.check=on";
    private const ulong BytesPerKiB = 1024;
    private const int UsualLines = 20;
    private const int MostDumped = 1_000_000;

    private static readonly string[] s_words = { "top", "dump", "check", "faults", "try" };

    private readonly IHeapView _heap;

    /// <summary>Creates the commands over <paramref name="heap"/>.</summary>
    public HeapCommands(IHeapView heap)
    {
        _heap = heap;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("slab", "[all]", "lists the size classes and caches in use with what rounding up wastes", Slabs));
        table.Add(new ShellCommand("heap", "[WORD]", "shows the heap of raw blocks; top, dump [COUNT], check, faults, try MISTAKE", Heap, s_words));
        table.Add(new ShellCommand("leaks", "", "lists the raw blocks that nothing reaches, by who allocated them", Leaks));
    }

    private CommandResult Slabs(ITerminal terminal, string[] arguments)
    {
        bool isAll = arguments.Length == 1 && arguments[0] == "all";
        if (arguments.Length > 1 || (arguments.Length == 1 && !isAll)) return CommandResult.Failed("slab, or slab all");
        var table = new TextTable(">bytes", ">slabs", ">KiB", ">live", ">cached", ">free", ">allocations", ">refills", ">wasted", "name");
        for (uint i = 0; i < _heap.CacheLimit; i++)
        {
            if (!_heap.TryGetClass(i, out SizeClassStatistics figures, out string name) || (!isAll && figures.Slabs == 0)) continue;
            table.Add(
                Text(figures.ObjectBytes), Text(figures.Slabs), Text(figures.SlabPages * 4096 / BytesPerKiB), Text(figures.LiveObjects), Text(figures.CachedObjects),
                Text(figures.FreeObjects), Text(figures.Allocations), Text(figures.Refills), Wasted(figures.RequestedBytes, figures.GrantedBytes), name);
        }

        table.WriteTo(terminal);
        HeapStatistics total = _heap.Statistics;
        terminal.WriteLine(
            Text(total.SlabPages * 4096 / BytesPerKiB) + " KiB of slabs, " + Text(total.TablePages * 4096 / BytesPerKiB) + " KiB of tables; "
            + Wasted(total.RequestedBytes, total.GrantedBytes) + " of all that was handed out was rounding up");
        return CommandResult.Ok;
    }

    private CommandResult Heap(ITerminal terminal, string[] arguments)
    {
        string word = arguments.Length == 0 ? "" : arguments[0];
        switch (Array.IndexOf(s_words, word))
        {
            case 0: return Top(terminal, arguments);
            case 1: return Dump(terminal, arguments);
            case 2: return Check(terminal);
            case 3: return Faults(terminal);
            case 4: return new HeapMistakes(_heap).Run(terminal, arguments);
            default: return word.Length == 0 ? Summary(terminal) : CommandResult.Failed("heap, or heap with one of: " + string.Join(", ", s_words));
        }
    }

    private CommandResult Summary(ITerminal terminal)
    {
        HeapStatistics heap = _heap.Statistics;
        terminal.WriteLine("policy " + _heap.Policy + ", " + WatchText());
        var table = new TextTable("raw blocks", ">number", ">KiB");
        Add(table, "live", heap.LiveBlocks, heap.LiveBytes);
        Add(table, "  large", heap.LargeBlocks, heap.LargePages * 4096);
        Add(table, "slabs", heap.Slabs, heap.SlabPages * 4096);
        table.Add("tables", "", Text(heap.TablePages * 4096 / BytesPerKiB));
        table.Add("all pages", Text(heap.TotalPages), Text(heap.TotalPages * 4096 / BytesPerKiB));
        table.Add("allocated so far", Text(heap.Allocations), Text(heap.RequestedBytes / BytesPerKiB));
        table.Add("freed so far", Text(heap.Frees), "");
        table.Add("failed", Text(heap.FailedAllocations), "");
        for (int i = 1; i < HeapFreeResults.Count; i++)
        {
            if (_heap.CountOf((HeapFreeResult)i) != 0) table.Add(((HeapFreeResult)i).Description(), Text(_heap.CountOf((HeapFreeResult)i)), "");
        }

        if (_heap.Watch == HeapWatch.Checked) table.Add("in quarantine", Text(_heap.QuarantinedBlocks), "");
        table.WriteTo(terminal);
        return CommandResult.Ok;
    }

    private string WatchText()
    {
        if (_heap.Watch == HeapWatch.None) return "blocks are not tracked";
        return _heap.Watch == HeapWatch.Checked ? "blocks are checked" : "blocks are tracked";
    }

    private CommandResult Top(ITerminal terminal, string[] arguments)
    {
        if (_heap.Watch == HeapWatch.None) return CommandResult.Failed(NotWatched);
        if (!TryCount(arguments, UsualLines, out int most)) return CommandResult.Failed("heap top [COUNT]");
        List<HeapSite> sites = HeapSite.Group(_heap, onlyUnreached: false);
        var table = new TextTable(">blocks", ">bytes", ">oldest", "kind", "allocated by");
        for (int i = 0; i < sites.Count && i < most; i++)
            table.Add(Text(sites[i].Blocks), Text(sites[i].Bytes), Age(sites[i].First), HeapSite.NameOf(sites[i].First.Kind), sites[i].SiteName(_heap));
        table.WriteTo(terminal);
        terminal.WriteLine(Text((ulong)sites.Count) + " call stacks; ages in allocations");
        return CommandResult.Ok;
    }

    private CommandResult Dump(ITerminal terminal, string[] arguments)
    {
        if (_heap.Watch == HeapWatch.None) return CommandResult.Failed(NotWatched);
        if (!TryCount(arguments, MostDumped, out int most)) return CommandResult.Failed("heap dump [COUNT]");
        List<HeapSite> blocks = HeapSite.Each(_heap);
        var table = new TextTable("block", ">bytes", ">age", "kind", "allocated by");
        for (int i = 0; i < blocks.Count && i < most; i++)
        {
            TrackedBlock block = blocks[i].First;
            table.Add(block.Address.ToString(), Text(block.SizeBytes), Age(block), HeapSite.NameOf(block.Kind), blocks[i].SiteName(_heap));
        }

        table.WriteTo(terminal);
        terminal.WriteLine(Text((ulong)blocks.Count) + " live blocks, the youngest first; ages in allocations");
        return CommandResult.Ok;
    }

    private CommandResult Check(ITerminal terminal)
    {
        if (_heap.Watch != HeapWatch.Checked) return CommandResult.Failed("the heap has no red zones; boot with heap.check=on");
        ulong found = _heap.Check();
        terminal.WriteLine(Text(_heap.Statistics.LiveBlocks) + " live and " + Text(_heap.QuarantinedBlocks) + " freed blocks looked at");
        return found == 0 ? CommandResult.Ok : CommandResult.Failed(Text(found) + " faults found");
    }

    private CommandResult Faults(ITerminal terminal)
    {
        if (_heap.Watch != HeapWatch.Checked) return CommandResult.Failed("the heap keeps no faults; boot with heap.check=on");
        for (uint i = 0; _heap.TryGetFault(i, out HeapFault fault); i++) new HeapFaultLines(_heap, terminal).Write(fault);
        terminal.WriteLine(Text(_heap.FaultCount) + " faults since the start, the last first");
        return CommandResult.Ok;
    }

    private CommandResult Leaks(ITerminal terminal, string[] arguments)
    {
        if (!_heap.TryMarkReached()) return CommandResult.Failed(NotWatched);
        List<HeapSite> sites = HeapSite.Group(_heap, onlyUnreached: true);
        ulong blocks = 0;
        ulong bytes = 0;
        foreach (HeapSite site in sites)
        {
            blocks += site.Blocks;
            bytes += site.Bytes;
            terminal.WriteLine(
                Text(site.Blocks) + (site.Blocks == 1 ? " block" : " blocks") + " of " + Text(site.Bytes) + " bytes, the first "
                + Age(site.First) + " allocations ago at " + site.First.Address.ToString());
            new HeapFaultLines(_heap, terminal).WriteStack(site.First.AllocatedBy);
        }

        terminal.WriteLine(Text(blocks) + " of " + Text(_heap.Statistics.LiveBlocks) + " live blocks are reached by nothing, " + Text(bytes) + " bytes");
        return CommandResult.Ok;
    }

    private string Age(TrackedBlock block) => Text(_heap.WatchedAllocations - block.Number);

    private static bool TryCount(string[] arguments, int usual, out int count)
    {
        count = usual;
        if (arguments.Length == 1) return true;
        bool isNumber = NumberText.TryParse(arguments[1], out ulong number) && number is > 0 and <= MostDumped;
        count = isNumber ? (int)number : usual;
        return isNumber && arguments.Length == 2;
    }

    private static void Add(TextTable table, string name, ulong number, ulong bytes) => table.Add(name, Text(number), Text(bytes / BytesPerKiB));

    private static string Wasted(ulong requested, ulong granted) => granted < requested ? "" : Share.Percent(granted - requested, granted);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
