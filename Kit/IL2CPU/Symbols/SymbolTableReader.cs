using System;

namespace IL2CPU.Symbols;

/// <summary>Finds the name of a code address in the table that <c>SymbolTableWriter</c> wrote.</summary>
/// <remarks>
/// Allocates nothing, throws nothing, touches only the table and the caller's buffer: the same source runs in the kernel's panic and in
/// the tests. A table that is not whole gives no names.
/// </remarks>
public readonly unsafe struct SymbolTableReader
{
    private const uint Magic = 0x4D59534B;
    private const int HeaderSize = 40;
    private const int MarkerInterval = 32;

    private readonly byte* _table;

    /// <summary>Opens the table that lies at <paramref name="table"/>.</summary>
    /// <param name="table">The table's first byte.</param>
    /// <param name="sizeBytes">The bytes that may be read there.</param>
    public SymbolTableReader(byte* table, nuint sizeBytes)
    {
        bool whole = table != null && sizeBytes >= HeaderSize && *(uint*)table == Magic && *(uint*)(table + 36) <= sizeBytes;
        _table = whole ? table : null;
    }

    /// <summary>How many symbols there are; 0 when there is no table.</summary>
    public uint Count => _table == null ? 0 : *(uint*)(_table + 4);

    /// <summary>Writes the name of the code at <paramref name="address"/> as ASCII.</summary>
    /// <param name="address">An address in code.</param>
    /// <param name="buffer">Takes the name, cut off at its end.</param>
    /// <param name="length">The bytes written.</param>
    /// <param name="offset">How far the address lies behind the symbol.</param>
    /// <returns>Whether the address lies in code of the image.</returns>
    public bool TryFind(ulong address, Span<byte> buffer, out int length, out ulong offset)
    {
        length = 0;
        offset = 0;
        uint count = Count;
        if (count == 0)
            return false;
        ulong fromBase = address - *(ulong*)(_table + 8);
        uint* addresses = (uint*)(_table + *(uint*)(_table + 20));
        if (fromBase < addresses[0] || fromBase >= *(uint*)(_table + 16))
            return false;

        uint low = 0;
        uint high = count;
        while (high - low > 1)
        {
            uint middle = low + ((high - low) / 2);
            if (addresses[middle] <= fromBase)
                low = middle;
            else
                high = middle;
        }

        offset = fromBase - addresses[low];
        length = WriteName(low, buffer);
        return true;
    }

    private int WriteName(uint index, Span<byte> buffer)
    {
        uint* markers = (uint*)(_table + *(uint*)(_table + 24));
        byte* name = _table + *(uint*)(_table + 28) + markers[index / MarkerInterval];
        for (uint skip = index % MarkerInterval; skip > 0; skip--)
        {
            int skipped = ReadLength(ref name);
            name += skipped;
        }

        int tokens = ReadLength(ref name);
        ushort* starts = (ushort*)(_table + *(uint*)(_table + 32));
        byte* texts = (byte*)(starts + 257);
        int written = 0;
        for (int i = 0; i < tokens; i++)
        {
            for (int at = starts[name[i]]; at < starts[name[i] + 1] && written < buffer.Length; at++)
                buffer[written++] = texts[at];
        }

        return written;
    }

    private static int ReadLength(ref byte* name)
    {
        int length = *name++;
        return length < 0x80 ? length : ((length & 0x7f) << 8) | *name++;
    }
}
