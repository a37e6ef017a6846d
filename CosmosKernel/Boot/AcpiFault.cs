namespace MemOS.Boot;

/// <summary>Why an ACPI table cannot be used.</summary>
public enum AcpiFault : byte
{
    /// <summary>It can be used.</summary>
    None = 0,

    /// <summary>The firmware has no such table.</summary>
    Missing,

    /// <summary>The table, or a part of it, lies where memory cannot be read.</summary>
    Unreachable,

    /// <summary>Another table, or none, lies at the address.</summary>
    WrongSignature,

    /// <summary>The length is too small for the table or larger than a table can be.</summary>
    WrongLength,

    /// <summary>The bytes do not add up to 0.</summary>
    WrongChecksum,

    /// <summary>An entry is too short for its type or goes beyond the table's end.</summary>
    WrongEntryLength,

    /// <summary>An entry speaks of memory beyond the widest physical address.</summary>
    WrongAddress,

    /// <summary>A distance is reserved, or a node is nearer to another than to itself.</summary>
    WrongDistance,
}
