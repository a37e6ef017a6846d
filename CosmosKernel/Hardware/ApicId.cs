namespace MemOS.Hardware;

/// <summary>The number that the firmware's tables call a processor by.</summary>
public static class ApicId
{
    private const uint FeatureLeaf = 1;
    private const uint TopologyLeaf = 11;
    private const int OldNumberShift = 24;

    /// <summary>The number of the processor that runs: all 32 bits where it tells them, else the lowest 8 (SDM 2A, CPUID, leaves 1 and 0BH).</summary>
    public static uint Read<TCpuid>(TCpuid cpuid)
        where TCpuid : struct, ICpuid
    {
        cpuid.Read(0, 0, out uint lastLeaf, out _, out _, out _);
        if (lastLeaf >= TopologyLeaf)
        {
            // A processor without the leaf answers with no threads.
            cpuid.Read(TopologyLeaf, 0, out _, out uint threads, out _, out uint number);
            if (threads != 0) return number;
        }

        cpuid.Read(FeatureLeaf, 0, out _, out uint features, out _, out _);
        return features >> OldNumberShift;
    }
}
