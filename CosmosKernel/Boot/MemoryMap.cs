using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>The machine's memory as the firmware tells it, put in order: sorted ranges that do not overlap.</summary>
/// <remarks>
/// <para>
/// The firmware's list may be unsorted and contradict itself. <see cref="MemoryMapBuilder"/> turns it into a list of
/// boundaries: an address, and the kind that holds from there up to the next boundary. That form is closed under overlap
/// (n entries never give more than 2n boundaries), so it is computed in the place where the entries were kept, and the last
/// boundary is the only one needed to end the map. Nothing grows with the addresses: a firmware range at 2^40 costs as much as
/// one at 2^20.
/// </para>
/// <para>
/// A boundary is a word, the address in bits 8 to 60 and the kind in bits 0 to 7. Invariants: I1 addresses strictly rise;
/// I2 neighbours differ in kind; I3 the last kind is <see cref="MemoryKind.None"/>.
/// </para>
/// <para>Ranges are byte-exact. Usable ranges come as whole frames: a frame that is only partly usable is not RAM to MemOS.</para>
/// </remarks>
public readonly unsafe struct MemoryMap
{
    internal const int AddressShift = 8;
    internal const ulong KindMask = 0xFF;

    private readonly ulong* _boundaries;
    private readonly int _count;

    internal MemoryMap(ulong* boundaries, int count)
    {
        _boundaries = boundaries;
        _count = count;
    }

    /// <summary>The number of whole usable frames; O(ranges).</summary>
    public ulong UsableFrames
    {
        get
        {
            ulong frames = 0;
            int position = 0;
            while (TryNextUsable(ref position, out FrameRange range)) frames += range.Count;
            return frames;
        }
    }

    /// <summary>The frame after the highest usable one, 0 when none is usable; O(ranges).</summary>
    public FrameNumber UsableEnd
    {
        get
        {
            FrameNumber end = FrameNumber.Zero;
            int position = 0;
            while (TryNextUsable(ref position, out FrameRange range)) end = range.End;
            return end;
        }
    }

    /// <summary>The number of bytes of <paramref name="kind"/>, partial frames included; O(ranges).</summary>
    public ulong BytesOf(MemoryKind kind)
    {
        ulong bytes = 0;
        int position = 0;
        while (TryNext(ref position, out MemoryRange range))
        {
            if (range.Kind == kind) bytes += range.SizeBytes;
        }

        return bytes;
    }

    /// <summary>The kind of the byte at <paramref name="address"/>; O(log ranges).</summary>
    public MemoryKind KindOf(PhysAddr address)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (_boundaries[middle] >> AddressShift <= address.Value) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? MemoryKind.None : KindAt(low - 1);
    }

    /// <summary>The next range, upwards, holes left out. Start with <paramref name="position"/> 0; false at the end.</summary>
    public bool TryNext(ref int position, out MemoryRange range)
    {
        while (position + 1 < _count)
        {
            int index = position++;
            if (KindAt(index) == MemoryKind.None) continue;
            PhysAddr start = AddressAt(index);
            range = new MemoryRange(start, AddressAt(index + 1) - start, KindAt(index));
            return true;
        }

        range = default;
        return false;
    }

    /// <summary>The next run of whole usable frames, upwards. Start with <paramref name="position"/> 0; false at the end.</summary>
    public bool TryNextUsable(ref int position, out FrameRange frames)
    {
        while (TryNext(ref position, out MemoryRange range))
        {
            frames = range.WholeFrames;
            if (range.Kind == MemoryKind.Usable && !frames.IsEmpty) return true;
        }

        frames = default;
        return false;
    }

    /// <summary>The same map, which another mapping shows <paramref name="distanceBytes"/> further on, round the end of the addresses.</summary>
    public MemoryMap MovedBy(ulong distanceBytes) => new((ulong*)unchecked((nuint)_boundaries + (nuint)distanceBytes), _count);

    /// <summary>Checks I1 to I3; null when they hold, else the name of the one that does not.</summary>
    public string? Validate()
    {
        for (int i = 1; i < _count; i++)
        {
            if (AddressAt(i) <= AddressAt(i - 1)) return "I1: addresses strictly rise";
            if (KindAt(i) == KindAt(i - 1)) return "I2: neighbours differ in kind";
        }

        return _count != 0 && KindAt(_count - 1) != MemoryKind.None ? "I3: the last kind is None" : null;
    }

    // SAFETY: indices are below _count, the number of boundaries that the builder wrote.
    private PhysAddr AddressAt(int index) => PhysAddr.FromTrusted(_boundaries[index] >> AddressShift);

    private MemoryKind KindAt(int index) => (MemoryKind)(_boundaries[index] & KindMask);
}
