namespace MemOS.SelfTest;

/// <summary>Nothing to check: there are no programs on x86-32.</summary>
public static class UserChecks
{
    /// <summary>Adds no check.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        _ = suite;
    }
}
