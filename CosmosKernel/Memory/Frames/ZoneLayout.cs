using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>How physical addresses are cut into zones: bands from address 0 up to the top, as data.</summary>
public readonly struct ZoneLayout
{
    /// <summary>The most bands that a layout has.</summary>
    public const int MaxBands = 4;

    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;

    private readonly ZoneKind _kind0;
    private readonly ZoneKind _kind1;
    private readonly ZoneKind _kind2;
    private readonly ZoneKind _kind3;
    private readonly FrameNumber _end0;
    private readonly FrameNumber _end1;
    private readonly FrameNumber _end2;

    private ZoneLayout(ZoneLayout lower, ulong belowBytes, ZoneKind kind)
    {
        FrameNumber end = PhysAddr.FromTrusted(belowBytes).ContainingFrame;
        int band = lower.BandCount;
        FirstFrame = lower.FirstFrame;
        BandCount = band + 1;
        _kind0 = band == 0 ? kind : lower._kind0;
        _kind1 = band == 1 ? kind : lower._kind1;
        _kind2 = band == 2 ? kind : lower._kind2;
        _kind3 = band == 3 ? kind : lower._kind3;
        _end0 = band == 0 ? end : lower._end0;
        _end1 = band == 1 ? end : lower._end1;
        _end2 = band == 2 ? end : lower._end2;
    }

    private ZoneLayout(FrameNumber firstFrame)
        : this() => FirstFrame = firstFrame;

    /// <summary>LLD's zones.</summary>
    public static ZoneLayout Lld => From(0)
        .Below(1 * MiB, ZoneKind.Dma)
        .Below(16 * MiB, ZoneKind.Low)
        .Below(4 * GiB, ZoneKind.Normal)
        .Above(ZoneKind.High);

    /// <summary>VeridianOS's zones on a 64-bit machine.</summary>
    public static ZoneLayout Veridian => From(0)
        .Below(16 * MiB, ZoneKind.Dma)
        .Above(ZoneKind.Normal);

    /// <summary>VeridianOS's zones on a 32-bit machine.</summary>
    public static ZoneLayout Veridian32 => From(0)
        .Below(16 * MiB, ZoneKind.Dma)
        .Below(4 * GiB, ZoneKind.Normal)
        .Above(ZoneKind.High);

    /// <summary>Coal's zones.</summary>
    public static ZoneLayout Coal => From(0)
        .Below(1 * MiB, ZoneKind.Low)
        .Below(896 * MiB, ZoneKind.Normal)
        .Above(ZoneKind.High);

    /// <summary>Valen's one zone.</summary>
    public static ZoneLayout Valen => From(2 * MiB)
        .Above(ZoneKind.Normal);

    /// <summary>Linux's zones on x86-64.</summary>
    public static ZoneLayout Linux => From(FrameNumber.SizeBytes)
        .Below(16 * MiB, ZoneKind.Dma)
        .Below(4 * GiB, ZoneKind.Dma32)
        .Above(ZoneKind.Normal);

    /// <summary>The number of bands.</summary>
    public int BandCount { get; }

    /// <summary>Frames below this one belong to no zone.</summary>
    public FrameNumber FirstFrame { get; }

    /// <summary>The layout that a preset names.</summary>
    public static unsafe ZoneLayout Of(ZonePreset preset) => preset switch
    {
        ZonePreset.Lld => Lld,
        ZonePreset.Coal => Coal,
        ZonePreset.Valen => Valen,
        ZonePreset.Linux => Linux,
        _ => sizeof(void*) == sizeof(uint) ? Veridian32 : Veridian,
    };

    /// <summary>The kind of the band at <paramref name="index"/>, counted from the lowest.</summary>
    public ZoneKind KindOf(int index)
    {
        KernelAssert.That((uint)index < (uint)BandCount, "ZoneLayout: no such band");
        return index switch { 0 => _kind0, 1 => _kind1, 2 => _kind2, _ => _kind3 };
    }

    /// <summary>The frames of the band at <paramref name="index"/>, counted from the lowest.</summary>
    public FrameRange FramesOf(int index)
    {
        FrameNumber start = index == 0 ? FirstFrame : EndOf(index - 1);
        return FrameRange.FromBounds(start, EndOf(index));
    }

    private static ZoneLayout From(ulong startBytes) => new(PhysAddr.FromTrusted(startBytes).ContainingFrame);

    private ZoneLayout Below(ulong endBytes, ZoneKind kind) => new(this, endBytes, kind);

    private ZoneLayout Above(ZoneKind kind) => new(this, 1UL << PhysAddr.MaxBits, kind);

    private FrameNumber EndOf(int index)
    {
        KernelAssert.That((uint)index < (uint)BandCount, "ZoneLayout: no such band");
        if (index == BandCount - 1) return FrameNumber.FromTrusted(FrameNumber.Limit);
        return index switch { 0 => _end0, 1 => _end1, _ => _end2 };
    }
}
