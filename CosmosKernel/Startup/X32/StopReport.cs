using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Says which processor did not stand still: with one processor there is none.</summary>
internal static class StopReport
{
    /// <summary>There is none.</summary>
    internal static void Write(CpuId stuck) => _ = stuck;
}
