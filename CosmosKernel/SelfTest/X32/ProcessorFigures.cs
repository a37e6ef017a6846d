namespace MemOS.SelfTest;

/// <summary>Figures of several processors: here one runs.</summary>
internal static class ProcessorFigures
{
    /// <summary>Adds none.</summary>
    public static void AddTo(BenchSuite suite) => _ = suite;
}
