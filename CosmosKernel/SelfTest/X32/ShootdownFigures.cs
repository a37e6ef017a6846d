namespace MemOS.SelfTest;

/// <summary>Figures of flushes that all processors take part in: there is one.</summary>
public static class ShootdownFigures
{
    /// <summary>Adds none.</summary>
    public static void AddTo(BenchSuite suite)
    {
        _ = suite;
    }
}
