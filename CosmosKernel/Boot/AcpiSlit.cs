using MemOS.Hardware;

namespace MemOS.Boot;

/// <summary>A System Locality Information Table: how far proximity domains are from each other (ACPI specification 6.5, 5.2.17).</summary>
public readonly struct AcpiSlit<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private const uint CountOffset = 36;
    private const uint FirstDistance = 44;

    private readonly AcpiTable<TMemory> _table;

    private AcpiSlit(in AcpiTable<TMemory> table, uint domainCount)
    {
        _table = table;
        DomainCount = domainCount;
    }

    /// <summary>The table speaks of the domains below this number; of none when there is no table.</summary>
    public uint DomainCount { get; }

    /// <summary>Checks that the distances are all there and that none is reserved, nor as near as the domain itself.</summary>
    public static AcpiFault Read(in AcpiTable<TMemory> table, out AcpiSlit<TMemory> slit)
    {
        slit = default;
        if (table.SizeBytes < FirstDistance) return AcpiFault.WrongLength;
        ulong count = table.Number(CountOffset, sizeof(ulong));
        // The largest table has less than 2^24 bytes: the square is not formed of anything that could wrap.
        if (count > AcpiTable<TMemory>.MaxBytes || count * count > table.SizeBytes - FirstDistance) return AcpiFault.WrongLength;

        slit = new AcpiSlit<TMemory>(in table, (uint)count);
        for (uint from = 0; from < count; from++)
        {
            for (uint to = 0; to < count; to++)
            {
                byte distance = slit.Distance(from, to);
                if (from == to ? distance == AcpiDistance.Local : distance > AcpiDistance.Local) continue;
                slit = default;
                return AcpiFault.WrongDistance;
            }
        }

        return AcpiFault.None;
    }

    /// <summary>The distance between two domains below <see cref="DomainCount"/>; 255 is out of reach.</summary>
    public byte Distance(uint from, uint to) => (byte)_table.Number(FirstDistance + from * DomainCount + to, 1);
}
