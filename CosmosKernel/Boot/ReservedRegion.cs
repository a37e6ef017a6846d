using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Frames that are never handed out, and why.</summary>
public readonly struct ReservedRegion
{
    /// <summary>The region of <paramref name="frames"/>.</summary>
    public ReservedRegion(FrameRange frames, ReservedKind kind)
    {
        Frames = frames;
        Kind = kind;
    }

    /// <summary>The frames; some may be no RAM at all (a device's).</summary>
    public FrameRange Frames { get; }

    /// <summary>Why they are reserved.</summary>
    public ReservedKind Kind { get; }

    /// <summary>The bounds and the reason.</summary>
    public override string ToString() => Frames.ToString() + " " + Kind.Description();
}
