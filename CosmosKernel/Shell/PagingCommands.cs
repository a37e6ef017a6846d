using System.Collections.Generic;
using System.Globalization;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>The commands that look at page tables: dump_pt, translate, pagetables.</summary>
public sealed class PagingCommands
{
    private const string Explain = "--explain";
    private const string WhichAddress = "which address? a number (0xffff800000000000) or one behind V:";
    private const ulong TableKiB = PageNumber.SizeBytes / 1024;

    private readonly IPageTables _tables;

    /// <summary>Creates the commands over <paramref name="tables"/>.</summary>
    public PagingCommands(IPageTables tables)
    {
        _tables = tables;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("dump_pt", "[ADDR]", "shows the entries that map an address, or all that is mapped", Dump));
        table.Add(new ShellCommand("translate", "ADDR", "says what an address stands for; with --explain behind it, step by step", Translate));
        table.Add(new ShellCommand("pagetables", "", "counts tables and pages, and looks for memory that is writable and executable", Count));
    }

    private CommandResult Dump(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            new MappingTable(_tables.Runs()).WriteTo(terminal);
            return CommandResult.Ok;
        }

        if (arguments.Length != 1) return CommandResult.Failed(WhichAddress);
        if (!AddressArgument.TryParse(arguments[0], out VirtAddr address)) return NoAddress(arguments[0]);
        new WalkText(_tables, address).WriteTable(terminal);
        return CommandResult.Ok;
    }

    private CommandResult Translate(ITerminal terminal, string[] arguments)
    {
        bool isExplained = arguments.Length == 2 && arguments[1] == Explain;
        if (arguments.Length != 1 && !isExplained) return CommandResult.Failed(WhichAddress);
        if (!AddressArgument.TryParse(arguments[0], out VirtAddr address)) return NoAddress(arguments[0]);
        if (isExplained)
        {
            new WalkText(_tables, address).WriteWords(terminal);
            return CommandResult.Ok;
        }

        PagingResult result = _tables.Translate(address, out Translation translation);
        if (MappingText.WhyNot(result, address) is { } reason) return CommandResult.Failed(reason);
        terminal.WriteLine(MappingText.Of(address, translation));
        return CommandResult.Ok;
    }

    private CommandResult Count(ITerminal terminal, string[] arguments)
    {
        PageTableCensus census = _tables.Count();
        terminal.WriteLine(
            _tables.FormatName + ", root at " + _tables.Root.ToString() + ", " + Text(census.TableCount) + " tables of 4 KiB; "
            + Share.Permyriad(census.TableCount * PageNumber.SizeBytes, census.MappedBytes) + " of what they map");
        WriteLevels(terminal, census);
        return Check(terminal, census);
    }

    private void WriteLevels(ITerminal terminal, PageTableCensus census)
    {
        var table = new TextTable(">level", ">tables", ">KiB", ">entries in use", ">pages", ">of", ">mapped KiB");
        for (int level = census.LevelCount - 1; level >= 0; level--)
        {
            int shift = _tables.ShiftOf(level);
            ulong pages = census.PagesAt(level);
            table.Add(
                Text((ulong)level + 1), Text(census.TablesAt(level)), Text(census.TablesAt(level) * TableKiB), Text(census.EntriesAt(level)),
                Text(pages), MappingText.Size(shift), Text((pages << shift) >> 10));
        }

        table.Add("all", Text(census.TableCount), Text(census.TableCount * TableKiB), "", "", "", Text(census.MappedBytes >> 10));
        table.WriteTo(terminal);
    }

    private CommandResult Check(ITerminal terminal, PageTableCensus census)
    {
        if (census.BrokenEntries != 0) return CommandResult.Failed(Text(census.BrokenEntries) + " entries have a bit set that must be 0");
        if (census.WritableExecutablePages != 0)
            return CommandResult.Failed(Text(census.WritableExecutablePages) + " pages are writable and executable");

        List<MappedRun> runs = _tables.Runs();
        if (WritableCode.TryFind(runs, out MappedRun code, out MappedRun data))
            return CommandResult.Failed("memory that can be executed at " + code.Start.ToString() + " can be written at " + data.Start.ToString());

        terminal.WriteLine("nothing is writable and executable, neither at one address nor at two: " + Text(Executable(runs) >> 10) + " KiB of code");
        return CommandResult.Ok;
    }

    private static ulong Executable(List<MappedRun> runs)
    {
        ulong bytes = 0;
        foreach (MappedRun run in runs)
        {
            if ((run.Flags & PageFlags.Executable) != 0) bytes += run.SizeBytes;
        }

        return bytes;
    }

    private static CommandResult NoAddress(string text) => CommandResult.Failed("'" + text + "' is not an address");

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
