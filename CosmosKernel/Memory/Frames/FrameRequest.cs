using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>What an allocation wants besides its size; a word, built up from <see cref="For"/>.</summary>
public readonly struct FrameRequest
{
    private const int ZoneShift = 8;
    private const int NodeShift = 24;
    private const int LimitShift = 32;
    private const ulong ByteMask = 0xFF;
    private const ulong StrictZoneBit = 1UL << 16;
    private const ulong ZeroedBit = 1UL << 17;
    private const ulong UrgentBit = 1UL << 18;
    private const ulong StrictNodeBit = 1UL << 19;
    private const ulong LimitMask = (1UL << (64 - LimitShift)) - 1;

    // Owner, zone, the bits above, the node + 1 (0: the CPU's), the limit + 1 (0: none).
    private readonly ulong _bits;

    private FrameRequest(ulong bits) => _bits = bits;

    /// <summary>Who will use the frames.</summary>
    public FrameOwner Owner => (FrameOwner)(byte)_bits;

    /// <summary>The zone that is wanted most; the other candidates are those below it.</summary>
    public ZoneKind Zone => (ZoneKind)(byte)(_bits >> ZoneShift);

    /// <summary>Whether the frames are cleared or come as they are.</summary>
    public Zeroing Zeroing => (_bits & ZeroedBit) != 0 ? Zeroing.Zeroed : Zeroing.AsIs;

    /// <summary>Whether no zone but <see cref="Zone"/> will do.</summary>
    public bool IsStrict => (_bits & StrictZoneBit) != 0;

    /// <summary>Whether it may use what the watermarks keep.</summary>
    public bool IsUrgent => (_bits & UrgentBit) != 0;

    /// <summary>Whether no node but the named one will do.</summary>
    public bool IsStrictNode => (_bits & StrictNodeBit) != 0;

    /// <summary>All frames are below this one; no frame reaches the limit of a request that names none.</summary>
    public FrameNumber Limit => _bits >> LimitShift == 0
        ? FrameNumber.FromTrusted(FrameNumber.Limit)
        : FrameNumber.FromTrusted((_bits >> LimitShift) - 1);

    /// <summary>Whether frames will do as they are, from any zone of the CPU's node down.</summary>
    public bool IsPlain => (_bits & ~(ByteMask | ByteMask << ZoneShift | UrgentBit)) == 0;

    /// <summary>Whether frames of the CPU's cache will do once they are cleared.</summary>
    internal bool IsPlainButForZeroing => (_bits & ~(ByteMask | ByteMask << ZoneShift | UrgentBit | ZeroedBit)) == 0;

    /// <summary>Frames as they are, from any zone, the most plentiful first.</summary>
    public static FrameRequest For(FrameOwner owner) => new((ulong)owner | (ulong)ZoneKind.High << ZoneShift);

    /// <summary>The node that is wanted most; false when it is the CPU's.</summary>
    public bool TryGetNode(out NodeId node)
    {
        int named = (byte)(_bits >> NodeShift);
        node = named == 0 ? NodeId.Zero : NodeId.FromTrusted(named - 1);
        return named != 0;
    }

    /// <summary>From <paramref name="zone"/> or, when it is short, from those below it.</summary>
    public FrameRequest From(ZoneKind zone) => new((_bits & ~(ByteMask << ZoneShift)) | (ulong)zone << ZoneShift);

    /// <summary>From <paramref name="zone"/> and no other.</summary>
    public FrameRequest OnlyFrom(ZoneKind zone) => new(From(zone)._bits | StrictZoneBit);

    /// <summary>From <paramref name="node"/> or, when it is short, from the nodes nearest to it.</summary>
    public FrameRequest On(NodeId node) => new((_bits & ~(ByteMask << NodeShift)) | (ulong)(node.Value + 1) << NodeShift);

    /// <summary>From <paramref name="node"/> and no other.</summary>
    public FrameRequest OnlyOn(NodeId node) => new(On(node)._bits | StrictNodeBit);

    /// <summary>Wholly below <paramref name="address"/>: what a device can reach. From 16 TiB on it limits nothing.</summary>
    public FrameRequest Below(PhysAddr address)
    {
        ulong limit = address.ContainingFrame.Value + 1;
        return new((_bits & ~(LimitMask << LimitShift)) | (limit <= LimitMask ? limit << LimitShift : 0));
    }

    /// <summary>Cleared.</summary>
    public FrameRequest Cleared() => new(_bits | ZeroedBit);

    /// <summary>Even if the zones are nearly empty: the request frees memory, or cannot fail.</summary>
    public FrameRequest Urgent() => new(_bits | UrgentBit);
}
