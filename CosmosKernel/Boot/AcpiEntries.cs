using MemOS.Hardware;

namespace MemOS.Boot;

/// <summary>Walks the entries of a table that is a list of entries, each with its type and its length in its first two bytes.</summary>
/// <remarks>The walk ends at the table's end, or at the first entry that is wrong: <see cref="Fault"/> tells which.</remarks>
internal struct AcpiEntries<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private const uint HeaderBytes = 2;

    private readonly AcpiTable<TMemory> _table;
    private uint _offset;
    private uint _next;

    /// <summary>A walk over <paramref name="table"/>, whose first entry is at <paramref name="first"/>.</summary>
    internal AcpiEntries(in AcpiTable<TMemory> table, uint first)
    {
        _table = table;
        _offset = first;
        _next = first;
        Fault = table.SizeBytes < first ? AcpiFault.WrongLength : AcpiFault.None;
    }

    /// <summary>What ended the walk; <see cref="AcpiFault.None"/> when it was the end of the table.</summary>
    internal AcpiFault Fault { get; private set; }

    /// <summary>The bytes of the entry.</summary>
    internal uint SizeBytes => _next - _offset;

    /// <summary>Goes to the next entry; false at the end.</summary>
    internal bool TryNext(out uint type)
    {
        type = 0;
        if (Fault != AcpiFault.None || _next >= _table.SizeBytes) return false;
        _offset = _next;
        uint room = _table.SizeBytes - _offset;
        uint sizeBytes = room < HeaderBytes ? 0 : (uint)_table.Number(_offset + 1, 1);
        if (sizeBytes < HeaderBytes || sizeBytes > room)
        {
            Fault = AcpiFault.WrongEntryLength;
            return false;
        }

        type = (uint)_table.Number(_offset, 1);
        _next = _offset + sizeBytes;
        return true;
    }

    /// <summary>Whether the entry is at least as long as its type demands; else the walk ends here.</summary>
    internal bool HasBytes(uint minimum)
    {
        if (SizeBytes >= minimum) return true;
        End(AcpiFault.WrongEntryLength);
        return false;
    }

    /// <summary>Ends the walk: the entry is wrong.</summary>
    internal void End(AcpiFault fault) => Fault = fault;

    /// <summary>A field of the entry.</summary>
    internal readonly ulong Field(uint offset, int sizeBytes) => _table.Number(_offset + offset, sizeBytes);
}
