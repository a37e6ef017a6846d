using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Diagnostics;

/// <summary>Memory that can be written and executed: at one address, or at two.</summary>
public static class WritableCode
{
    /// <summary>Finds memory that <paramref name="code"/> lets one execute and <paramref name="data"/> lets one write; both are one when a page allows it itself.</summary>
    /// <param name="runs">All mappings.</param>
    /// <param name="code">The first mapping, in the order of addresses, whose memory someone can write.</param>
    /// <param name="data">The first one that lets it be written.</param>
    /// <remarks>As many comparisons as there are executable runs times all runs.</remarks>
    public static bool TryFind(List<MappedRun> runs, out MappedRun code, out MappedRun data)
    {
        foreach (MappedRun executable in runs)
        {
            if ((executable.Flags & PageFlags.Executable) == 0) continue;
            foreach (MappedRun writable in runs)
            {
                if ((writable.Flags & PageFlags.Writable) == 0 || !ShareMemory(in executable, in writable)) continue;
                code = executable;
                data = writable;
                return true;
            }
        }

        code = default;
        data = default;
        return false;
    }

    private static bool ShareMemory(in MappedRun left, in MappedRun right) =>
        left.Target.Value < right.Target.Value + right.SizeBytes && right.Target.Value < left.Target.Value + left.SizeBytes;
}
