namespace MemOS.Startup;

/// <summary>A processor that answers nobody: there is no other that could ask.</summary>
public static class DeafProcessor
{
    /// <summary>Does nothing.</summary>
    public static void Provoke()
    {
    }
}
