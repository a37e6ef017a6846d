using System.Collections.Generic;
using System.Globalization;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What <c>aspace</c> prints: the kernel's address space, window by window, with what is mapped in each.</summary>
public sealed class AddressSpaceReport : IReport
{
    private const int KiBShift = 10;

    private readonly IPageTables _tables;
    private readonly KernelLayout _layout;

    /// <summary>Creates the report of the space that <paramref name="layout"/> divides.</summary>
    public AddressSpaceReport(IPageTables tables, KernelLayout layout)
    {
        _tables = tables;
        _layout = layout;
    }

    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        terminal.WriteLine("kernel: " + _tables.FormatName + ", root at " + _tables.Root.ToString() + ", layout " + _layout.Name);
        List<MappedRun> runs = _tables.Runs();
        var table = new TextTable("window", "from", ">size", "what is mapped", ">KiB", ">ranges");
        AddWindow(table, _layout.ImageIsInDirectMap ? "memory, image" : "direct map", _layout.DirectMap, runs);
        AddWindow(table, "pages", _layout.Heap, runs);
        AddWindow(table, "stacks", _layout.Stacks, runs);
        AddWindow(table, "devices", _layout.Devices, runs);
        if (!_layout.ImageIsInDirectMap) AddWindow(table, "image", _layout.Image, runs);
        table.WriteTo(terminal);
        if (runs.Count != 0) terminal.WriteLine(runs.Count.ToString(CultureInfo.InvariantCulture) + " mappings are in no window, the first at " + runs[0].Start.ToString());
    }

    /// <summary>Takes the window's runs out of <paramref name="runs"/> and adds a row for each kind of them.</summary>
    private static void AddWindow(TextTable table, string name, AddressWindow window, List<MappedRun> runs)
    {
        string from = window.Start.ToString();
        string size = MappingText.Bytes(window.SizeBytes);
        List<MappedRun> inside = TakeOut(runs, window);
        if (inside.Count == 0) table.Add(name, from, size, "nothing", "0", "0");
        while (inside.Count != 0)
        {
            AddKind(table, name, from, size, inside);
            name = from = size = "";
        }
    }

    // Runs are in the order of addresses: those of a window follow each other.
    private static List<MappedRun> TakeOut(List<MappedRun> runs, AddressWindow window)
    {
        int first = 0;
        while (first < runs.Count && !window.Contains(runs[first].Start)) first++;
        int count = 0;
        while (first + count < runs.Count && window.Contains(runs[first + count].Start)) count++;
        List<MappedRun> inside = runs.GetRange(first, count);
        runs.RemoveRange(first, count);
        return inside;
    }

    // Takes those with the flags of the first out of the runs; what follows each other is one range.
    private static void AddKind(TextTable table, string name, string from, string size, List<MappedRun> runs)
    {
        PageFlags flags = runs[0].Flags;
        ulong bytes = 0;
        ulong ranges = 0;
        ulong end = 0;
        for (int i = 0; i < runs.Count;)
        {
            MappedRun run = runs[i];
            if (run.Flags != flags)
            {
                i++;
                continue;
            }

            if (bytes == 0 || run.Start.Value != end) ranges++;
            bytes += run.SizeBytes;
            end = unchecked(run.Start.Value + run.SizeBytes);
            runs.RemoveAt(i);
        }

        table.Add(name, from, size, MappingText.Of(flags), Text(bytes >> KiBShift), Text(ranges));
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
