namespace MemOS.SelfTest;

/// <summary>Nothing to check: one processor runs on x86-32.</summary>
public static class ProcessorChecks
{
    /// <summary>Adds no check.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        _ = suite;
    }
}
