namespace MemOS.SelfTest;

/// <summary>Nothing to compare: one processor runs on x86-32.</summary>
internal static class ProcessorThroughput
{
    /// <summary>Says so.</summary>
    internal static string Measure(BenchLoop loop)
    {
        _ = loop;
        return "one processor runs";
    }
}
