using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>Page tables of any format, to be looked at: the machine's, a test's, or those of a memory image.</summary>
public interface IPageTables
{
    /// <summary>The format's name.</summary>
    string FormatName { get; }

    /// <summary>The number of levels.</summary>
    int LevelCount { get; }

    /// <summary>The width of a virtual address.</summary>
    int VirtualBits { get; }

    /// <summary>The root table.</summary>
    PhysAddr Root { get; }

    /// <summary>log2 of what an entry of a table at <paramref name="level"/> covers.</summary>
    int ShiftOf(int level);

    /// <summary>What <paramref name="address"/> stands for.</summary>
    PagingResult Translate(VirtAddr address, out Translation translation);

    /// <summary>Adds the steps of the walk of <paramref name="address"/> to <paramref name="steps"/>, and says how it ends.</summary>
    PagingResult Explain(VirtAddr address, List<WalkStep> steps);

    /// <summary>All mappings in the order of their addresses, equal neighbours as one.</summary>
    List<MappedRun> Runs();

    /// <summary>Counts all tables, entries and pages.</summary>
    PageTableCensus Count();
}
