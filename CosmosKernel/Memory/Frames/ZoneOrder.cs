using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>The zones to try, one after the other: at most eight numbers, packed in a word.</summary>
public readonly struct ZoneOrder
{
    /// <summary>The most zones that it holds.</summary>
    public const int Limit = 8;

    private const int BitsPerZone = 8;

    private readonly ulong _zones;

    private ZoneOrder(ulong zones, int count)
    {
        _zones = zones;
        Count = count;
    }

    /// <summary>The number of zones.</summary>
    public int Count { get; }

    /// <summary>The zone to try after <paramref name="index"/> others.</summary>
    public int this[int index] => (byte)(_zones >> (index * BitsPerZone));

    /// <summary>This order, and then <paramref name="zone"/>.</summary>
    public ZoneOrder Then(int zone)
    {
        KernelAssert.That(Count < Limit && (uint)zone < byte.MaxValue, "ZoneOrder: full, or no such zone");
        return new ZoneOrder(_zones | (ulong)zone << (Count * BitsPerZone), Count + 1);
    }
}
