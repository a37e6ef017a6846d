using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Walks the processors of a Multiple APIC Description Table (ACPI specification 6.5, 5.2.12).</summary>
/// <remarks>
/// Entries about interrupt controllers other than the processors' own are passed over by their length. The walk ends at the table's end, or at
/// the first entry that is wrong: <see cref="Fault"/> tells which.
/// </remarks>
public struct AcpiMadt<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private const uint AddressOffset = 36;
    private const uint FirstEntry = 44;
    private const uint ProcessorType = 0;
    private const uint ProcessorBytes = 8;
    private const uint AddressType = 5;
    private const uint AddressBytes = 12;
    private const uint X2ApicType = 9;
    private const uint X2ApicBytes = 16;
    private const uint EnabledFlag = 1;
    private const uint NoProcessor = 0xFF; // As an 8-bit number it stands for all of them.

    private AcpiEntries<TMemory> _entries;

    /// <summary>A walk over <paramref name="table"/>, from its first entry on.</summary>
    public AcpiMadt(in AcpiTable<TMemory> table)
    {
        _entries = new AcpiEntries<TMemory>(in table, FirstEntry);
        LocalApic = Fault == AcpiFault.None ? table.Number(AddressOffset, sizeof(uint)) : 0;
    }

    /// <summary>What ended the walk; <see cref="AcpiFault.None"/> when it was the end of the table.</summary>
    public readonly AcpiFault Fault => _entries.Fault;

    /// <summary>Where each processor finds its own interrupt controller, as far as the walk has come: an entry can give a wider address.</summary>
    public ulong LocalApic { get; private set; }

    /// <summary>The next processor; false at the end.</summary>
    public bool TryNext(out AcpiProcessor processor)
    {
        processor = default;
        while (_entries.TryNext(out uint type))
        {
            switch (type)
            {
                case ProcessorType:
                    if (!_entries.HasBytes(ProcessorBytes)) return false;
                    if (_entries.Field(3, 1) == NoProcessor) continue;
                    processor = new AcpiProcessor((uint)_entries.Field(3, 1), IsEnabled(4));
                    return true;
                case X2ApicType:
                    if (!_entries.HasBytes(X2ApicBytes)) return false;
                    if (_entries.Field(4, 4) == uint.MaxValue) continue;
                    processor = new AcpiProcessor((uint)_entries.Field(4, 4), IsEnabled(8));
                    return true;
                case AddressType:
                    if (!_entries.HasBytes(AddressBytes)) return false;
                    LocalApic = _entries.Field(4, 8);
                    if (!PhysAddr.TryCreate(LocalApic, out _)) _entries.End(AcpiFault.WrongAddress);
                    break;
            }
        }

        return false;
    }

    private readonly bool IsEnabled(uint offset) => (_entries.Field(offset, 4) & EnabledFlag) != 0;
}
