namespace MemOS.SelfTest;

/// <summary>Nothing to measure: there are no programs on x86-32.</summary>
public static class ProgramFigures
{
    /// <summary>Adds no figure.</summary>
    public static void AddTo(BenchSuite suite)
    {
        _ = suite;
    }
}
