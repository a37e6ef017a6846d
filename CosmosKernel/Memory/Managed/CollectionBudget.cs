namespace MemOS.Memory.Managed;

/// <summary>How much is allocated between two collections.</summary>
/// <remarks>
/// As much as survived the last one, so that the work of marking is at most in proportion to what was allocated; a 32nd of the machine where
/// little survives; at most half of what is free, which leaves a collection to spare before memory is gone.
/// </remarks>
public static class CollectionBudget
{
    /// <summary>However little is free, a collection comes no earlier than after so many bytes.</summary>
    public const ulong SmallestBytes = 64 * 1024;

    private const int MachineShift = 5;

    /// <summary>The bytes that may be taken before the next collection.</summary>
    /// <param name="survivedBytes">What the last one left.</param>
    /// <param name="freeBytes">What the zones have left.</param>
    /// <param name="machineBytes">All RAM.</param>
    public static ulong Next(ulong survivedBytes, ulong freeBytes, ulong machineBytes)
    {
        ulong budget = machineBytes >> MachineShift;
        if (budget < survivedBytes) budget = survivedBytes;
        if (budget > freeBytes / 2) budget = freeBytes / 2;
        return budget < SmallestBytes ? SmallestBytes : budget;
    }
}
