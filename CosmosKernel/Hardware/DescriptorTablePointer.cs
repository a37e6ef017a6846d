using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>The pseudo-descriptor that LGDT, LIDT, SGDT and SIDT read and write (Intel SDM vol. 3, 3.5.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
public readonly struct DescriptorTablePointer
{
    private readonly ushort _limit;
    private readonly CosmosAddress _address;

    /// <summary>Names a table of <paramref name="sizeBytes"/> bytes at <paramref name="address"/>.</summary>
    public DescriptorTablePointer(CosmosAddress address, int sizeBytes)
    {
        _limit = (ushort)(sizeBytes - 1);
        _address = address;
    }

    /// <summary>The linear address of the table.</summary>
    public CosmosAddress Address => _address;

    /// <summary>The table's size in bytes.</summary>
    public int SizeBytes => _limit + 1;
}
