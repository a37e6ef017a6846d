namespace MemOS.Boot;

/// <summary>Distances between proximity domains that mean something of their own (ACPI specification 6.5, 5.2.17).</summary>
public static class AcpiDistance
{
    /// <summary>From a domain to itself; all others are relative to it.</summary>
    public const byte Local = 10;

    /// <summary>Between two domains of which no table speaks.</summary>
    public const byte Default = 20;

    /// <summary>One domain does not reach the other at all.</summary>
    public const byte OutOfReach = 255;
}
