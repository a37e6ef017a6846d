using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Walks the enabled entries of a System Resource Affinity Table (ACPI specification 6.5, 5.2.16).</summary>
/// <remarks>
/// Entries of types that say nothing about x86 processors, memory or initiators are passed over by their length. The walk ends
/// at the table's end, or at the first entry that is wrong: <see cref="Fault"/> tells which.
/// </remarks>
public struct AcpiSrat<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private const uint FirstEntry = 48;
    private const uint ProcessorType = 0;
    private const uint MemoryType = 1;
    private const uint X2ApicType = 2;
    private const uint InitiatorType = 5;
    private const uint EnabledFlag = 1;
    private const int TraitsShift = 1;
    private const byte LastRevisionWithByteDomains = 1;

    private readonly uint _domainMask;
    private readonly uint _highDomainMask;
    private AcpiEntries<TMemory> _entries;

    /// <summary>A walk over <paramref name="table"/>, from its first entry on.</summary>
    public AcpiSrat(in AcpiTable<TMemory> table)
    {
        _entries = new AcpiEntries<TMemory>(in table, FirstEntry);
        bool byteDomains = table.Revision <= LastRevisionWithByteDomains;
        _domainMask = byteDomains ? byte.MaxValue : uint.MaxValue;
        _highDomainMask = byteDomains ? 0 : uint.MaxValue;
    }

    /// <summary>What ended the walk; <see cref="AcpiFault.None"/> when it was the end of the table.</summary>
    public readonly AcpiFault Fault => _entries.Fault;

    /// <summary>The next enabled entry; false at the end.</summary>
    public bool TryNext(out AcpiAffinity entry)
    {
        entry = default;
        while (_entries.TryNext(out uint type))
        {
            if (!_entries.HasBytes(MinimumBytes(type))) return false;
            if (TryRead(type, out entry)) return Fault == AcpiFault.None;
        }

        return false;
    }

    private static uint MinimumBytes(uint type) => type switch
    {
        ProcessorType => 16,
        MemoryType => 40,
        X2ApicType => 24,
        InitiatorType => 32,
        _ => 0,
    };

    /// <summary>Reads the entry at the cursor; false when it is disabled or of no interest.</summary>
    private bool TryRead(uint type, out AcpiAffinity entry)
    {
        entry = default;
        switch (type)
        {
            case ProcessorType:
                if ((Field(4, 4) & EnabledFlag) == 0) return false;
                entry = AcpiAffinity.Processor(Field(2, 1) | Field(9, 3) << 8 & _highDomainMask, Field(3, 1));
                return true;
            case X2ApicType:
                if ((Field(12, 4) & EnabledFlag) == 0) return false;
                entry = AcpiAffinity.Processor(Field(4, 4), Field(8, 4));
                return true;
            case InitiatorType:
                if ((Field(24, 4) & EnabledFlag) == 0) return false;
                entry = AcpiAffinity.Initiator(Field(4, 4));
                return true;
            case MemoryType:
                if ((Field(28, 4) & EnabledFlag) == 0) return false;
                entry = ReadMemory();
                return true;
            default:
                return false;
        }
    }

    private AcpiAffinity ReadMemory()
    {
        const ulong AddressLimit = 1UL << PhysAddr.MaxBits;
        ulong start = _entries.Field(8, sizeof(ulong));
        ulong sizeBytes = _entries.Field(16, sizeof(ulong));
        if (start > AddressLimit || sizeBytes > AddressLimit - start) _entries.End(AcpiFault.WrongAddress);
        AcpiMemoryTraits traits = (AcpiMemoryTraits)(Field(28, 4) >> TraitsShift) & (AcpiMemoryTraits.HotPluggable | AcpiMemoryTraits.NonVolatile);
        return AcpiAffinity.Memory(Field(2, 4) & _domainMask, PhysAddr.Truncate(start), sizeBytes, traits);
    }

    /// <summary>A field of the entry at the cursor.</summary>
    private readonly uint Field(uint offset, int sizeBytes) => (uint)_entries.Field(offset, sizeBytes);
}
