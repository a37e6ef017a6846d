namespace MemOS.Memory.Frames;

/// <summary>What an allocation wants besides its size; a word, built up from <see cref="For"/>.</summary>
public readonly struct FrameRequest
{
    private const int ZoneShift = 8;
    private const uint StrictBit = 1U << 16;
    private const uint ZeroedBit = 1U << 17;
    private const uint UrgentBit = 1U << 18;

    private readonly uint _bits;

    private FrameRequest(uint bits) => _bits = bits;

    /// <summary>Who will use the frames.</summary>
    public FrameOwner Owner => (FrameOwner)(byte)_bits;

    /// <summary>The zone that is wanted most; the other candidates are those below it.</summary>
    public ZoneKind Zone => (ZoneKind)(byte)(_bits >> ZoneShift);

    /// <summary>Whether the frames are cleared or come as they are.</summary>
    public Zeroing Zeroing => (_bits & ZeroedBit) != 0 ? Zeroing.Zeroed : Zeroing.AsIs;

    /// <summary>Whether no zone but <see cref="Zone"/> will do.</summary>
    public bool IsStrict => (_bits & StrictBit) != 0;

    /// <summary>Whether it may use what the watermarks keep.</summary>
    public bool IsUrgent => (_bits & UrgentBit) != 0;

    /// <summary>Whether the frames may come as they are, from any candidate zone.</summary>
    public bool IsPlain => (_bits & (StrictBit | ZeroedBit)) == 0;

    /// <summary>Frames as they are, from any zone, the most plentiful first.</summary>
    public static FrameRequest For(FrameOwner owner) => new((uint)owner | (uint)ZoneKind.High << ZoneShift);

    /// <summary>From <paramref name="zone"/> or, when it is short, from those below it.</summary>
    public FrameRequest From(ZoneKind zone) => new((_bits & ~(0xFFU << ZoneShift)) | (uint)zone << ZoneShift);

    /// <summary>From <paramref name="zone"/> and no other.</summary>
    public FrameRequest OnlyFrom(ZoneKind zone) => new(From(zone)._bits | StrictBit);

    /// <summary>Cleared.</summary>
    public FrameRequest Cleared() => new(_bits | ZeroedBit);

    /// <summary>Even if the zones are nearly empty: the request frees memory, or cannot fail.</summary>
    public FrameRequest Urgent() => new(_bits | UrgentBit);
}
