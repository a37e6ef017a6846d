namespace MemOS.Shell;

/// <summary>No commands: one processor runs on x86-32.</summary>
public static class ProcessorCommands
{
    /// <summary>Adds none.</summary>
    public static void AddTo(CommandTable table)
    {
        _ = table;
    }
}
