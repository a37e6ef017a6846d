using System.Runtime.CompilerServices;

namespace Cosmos.Core;

/// <summary>How ACPI switches the machine off and restarts it (ACPI specification 6.5, 4.8.3, 5.2 and 7.4.2).</summary>
public unsafe struct AcpiPower
{
    /// <summary>The port of the first control register; 0 when it is not known.</summary>
    public ushort ControlPortA;

    /// <summary>The port of the second control register; 0 when there is none.</summary>
    public ushort ControlPortB;

    /// <summary>What the first register takes as the type of sleep that is off.</summary>
    public byte SleepTypeA;

    /// <summary>What the second register takes as the type of sleep that is off.</summary>
    public byte SleepTypeB;

    /// <summary>The port that switches ACPI mode on; 0 when it always is.</summary>
    public ushort ModePort;

    /// <summary>What the port takes to switch ACPI mode on.</summary>
    public byte ModeEnable;

    /// <summary>Whether all that switching off needs was found.</summary>
    public bool HasSoftOff;

    /// <summary>The port that resets; 0 when there is none, or the register is no port.</summary>
    public ushort ResetPort;

    /// <summary>What the port takes to reset.</summary>
    public byte ResetValue;

    private const int HeaderBytes = 36;
    private const uint MaxTableBytes = 16 * 1024 * 1024;
    private const byte NameOp = 0x08;
    private const byte PackageOp = 0x12;
    private const byte RootPrefix = (byte)'\\';

    private static uint FixedTable => Signature('F', 'A', 'C', 'P');

    /// <summary>Reads what the tables say, starting from the root pointer structure.</summary>
    /// <param name="rsdp">The root pointer structure; null for none.</param>
    /// <param name="rsdpLength">Its length: 20 or 36 bytes.</param>
    /// <param name="limit">Tables that do not end below this address are not mapped and are passed over.</param>
    public static AcpiPower Read(byte* rsdp, int rsdpLength, ulong limit)
    {
        AcpiPower power = default;
        byte* fixedTable = FindTable(rsdp, rsdpLength, limit, FixedTable);
        if (fixedTable != null)
            power.ReadFixedTable(fixedTable, limit);
        return power;
    }

    private static byte* FindTable(byte* rsdp, int rsdpLength, ulong limit, uint signature)
    {
        if (rsdp == null)
            return null;
        bool isNew = rsdpLength >= 36 && rsdp[15] >= 2 && Unsafe.ReadUnaligned<ulong>(rsdp + 24) != 0;
        ulong address = isNew ? Unsafe.ReadUnaligned<ulong>(rsdp + 24) : Unsafe.ReadUnaligned<uint>(rsdp + 16);
        byte* root = Table(address, limit, isNew ? Signature('X', 'S', 'D', 'T') : Signature('R', 'S', 'D', 'T'));
        if (root == null)
            return null;

        uint entryBytes = isNew ? 8u : 4u;
        uint length = Length(root);
        for (uint offset = HeaderBytes; offset + entryBytes <= length; offset += entryBytes)
        {
            ulong entry = isNew ? Unsafe.ReadUnaligned<ulong>(root + offset) : Unsafe.ReadUnaligned<uint>(root + offset);
            byte* table = Table(entry, limit, signature);
            if (table != null)
                return table;
        }

        return null;
    }

    /// <summary>The table at an address when it is mapped, has the signature, and its bytes add up to 0.</summary>
    private static byte* Table(ulong address, ulong limit, uint signature)
    {
        if (address == 0 || address > limit - HeaderBytes)
            return null;
        byte* table = (byte*)(CosmosAddress)address;
        uint length = Length(table);
        if (Unsafe.ReadUnaligned<uint>(table) != signature || length < HeaderBytes || length > MaxTableBytes || length > limit - address)
            return null;

        byte sum = 0;
        for (uint i = 0; i < length; i++)
            sum += table[i];
        return sum == 0 ? table : null;
    }

    private static uint Length(byte* table) => Unsafe.ReadUnaligned<uint>(table + 4);

    private static uint Signature(char a, char b, char c, char d) => (uint)(a | b << 8 | c << 16 | d << 24);

    private void ReadFixedTable(byte* table, ulong limit)
    {
        const int ModePortOffset = 48;
        const int ControlOffset = 64;
        const int FlagsOffset = 112;
        const int ResetOffset = 116;
        const int NewDsdtOffset = 140;
        const uint HasResetRegister = 1 << 10;
        const byte PortSpace = 1;

        uint length = Length(table);
        if (length < ControlOffset + 8)
            return;
        ModePort = (ushort)Unsafe.ReadUnaligned<uint>(table + ModePortOffset);
        ModeEnable = table[ModePortOffset + 4];
        ControlPortA = (ushort)Unsafe.ReadUnaligned<uint>(table + ControlOffset);
        ControlPortB = (ushort)Unsafe.ReadUnaligned<uint>(table + ControlOffset + 4);

        if (length >= NewDsdtOffset && (Unsafe.ReadUnaligned<uint>(table + FlagsOffset) & HasResetRegister) != 0
            && table[ResetOffset] == PortSpace)
        {
            ResetPort = (ushort)Unsafe.ReadUnaligned<ulong>(table + ResetOffset + 4);
            ResetValue = table[ResetOffset + 12];
        }

        ulong dsdt = length >= NewDsdtOffset + 8 ? Unsafe.ReadUnaligned<ulong>(table + NewDsdtOffset) : 0;
        if (dsdt == 0)
            dsdt = Unsafe.ReadUnaligned<uint>(table + 40);
        byte* code = Table(dsdt, limit, Signature('D', 'S', 'D', 'T'));
        HasSoftOff = ControlPortA != 0 && code != null && TryReadSleepType(code + HeaderBytes, Length(code) - HeaderBytes);
    }

    /// <summary>Finds the package named _S5_ in a table's byte code and reads its first two numbers.</summary>
    private bool TryReadSleepType(byte* code, uint length)
    {
        uint name = Signature('_', 'S', '5', '_');
        for (uint i = 1; i + 5 < length; i++)
        {
            if (Unsafe.ReadUnaligned<uint>(code + i) != name || code[i + 4] != PackageOp)
                continue;
            if (code[i - 1] != NameOp && (i < 2 || code[i - 1] != RootPrefix || code[i - 2] != NameOp))
                continue;

            // The package's length takes 1 to 4 bytes, then comes the number of elements.
            uint element = i + 5 + 1 + ((uint)code[i + 5] >> 6) + 1;
            return TryReadByte(code, length, ref element, out SleepTypeA)
                && TryReadByte(code, length, ref element, out SleepTypeB);
        }

        return false;
    }

    private static bool TryReadByte(byte* code, uint length, ref uint offset, out byte value)
    {
        const byte BytePrefix = 0x0A;
        value = 0;
        if (offset < length && code[offset] == BytePrefix)
            offset++;
        else if (offset >= length || code[offset] > 1)
            return false;
        if (offset >= length)
            return false;
        value = (byte)(code[offset++] & 7);
        return true;
    }
}
