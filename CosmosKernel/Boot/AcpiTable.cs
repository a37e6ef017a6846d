using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>An ACPI table that was checked as a whole: its signature, its length and its checksum (ACPI specification 6.5, 5.2.6).</summary>
public readonly struct AcpiTable<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>The bytes that every table starts with.</summary>
    public const uint HeaderBytes = 36;

    /// <summary>No table of a machine comes near this length; what claims more is broken, and is not summed up.</summary>
    public const uint MaxBytes = 16U << 20;

    private const uint LengthOffset = 4;
    private const uint RevisionOffset = 8;

    private readonly AcpiMemory<TMemory> _memory;

    private AcpiTable(in AcpiMemory<TMemory> memory, PhysAddr start, uint sizeBytes)
    {
        _memory = memory;
        Start = start;
        SizeBytes = sizeBytes;
    }

    /// <summary>Where the table lies.</summary>
    public PhysAddr Start { get; }

    /// <summary>The table's length, header included.</summary>
    public uint SizeBytes { get; }

    /// <summary>The revision of the table's format.</summary>
    public byte Revision => (byte)Number(RevisionOffset, 1);

    /// <summary>Opens the table at <paramref name="start"/> when it is a <paramref name="signature"/> and whole.</summary>
    public static AcpiFault Open(in AcpiMemory<TMemory> memory, PhysAddr start, AcpiSignature signature, out AcpiTable<TMemory> table)
    {
        table = default;
        if (!memory.Contains(start, HeaderBytes)) return AcpiFault.Unreachable;
        if (SignatureAt(in memory, start) != signature) return AcpiFault.WrongSignature;
        uint sizeBytes = (uint)memory.ReadNumber(start + LengthOffset, sizeof(uint));
        if (sizeBytes is < HeaderBytes or > MaxBytes) return AcpiFault.WrongLength;
        if (!memory.Contains(start, sizeBytes)) return AcpiFault.Unreachable;
        if (memory.Sum(start, sizeBytes) != 0) return AcpiFault.WrongChecksum;
        table = new AcpiTable<TMemory>(in memory, start, sizeBytes);
        return AcpiFault.None;
    }

    /// <summary>The number of <paramref name="sizeBytes"/> bytes at <paramref name="offset"/> from the table's start.</summary>
    public ulong Number(uint offset, int sizeBytes)
    {
        KernelAssert.That(offset <= SizeBytes && (uint)sizeBytes <= SizeBytes - offset, "AcpiTable: beyond the end");
        return _memory.ReadNumber(Start + offset, sizeBytes);
    }

    internal static AcpiSignature SignatureAt(in AcpiMemory<TMemory> memory, PhysAddr start) =>
        (AcpiSignature)memory.ReadNumber(start, sizeof(uint));
}
