namespace MemOS.Startup;

/// <summary>One processor runs on x86-32.</summary>
public static class Processors
{
    /// <summary>Wakes none.</summary>
    public static void Start()
    {
    }
}
