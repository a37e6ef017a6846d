using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>Frames in a row that a stress test has: a block, or a run, which is a row of blocks.</summary>
public readonly struct FrameStressBlock
{
    // Enough to find a block that another one shares frames with; all 262,144 frames of the largest would take the test's time.
    private const ulong MarkedFrames = 16;
    private const ulong WordsPerFrame = FrameNumber.SizeBytes / sizeof(ulong);
    private const ulong Spread = 0x9E3779B97F4A7C15;

    /// <summary>Creates one with a single reference.</summary>
    public FrameStressBlock(FrameRange frames, FrameOwner owner, ulong stamp)
        : this(frames, owner, stamp, 1)
    {
    }

    private FrameStressBlock(FrameRange frames, FrameOwner owner, ulong stamp, uint references)
    {
        Frames = frames;
        Owner = owner;
        Stamp = stamp;
        References = references;
    }

    /// <summary>The frames.</summary>
    public FrameRange Frames { get; }

    /// <summary>In whose name.</summary>
    public FrameOwner Owner { get; }

    /// <summary>What the frames' markers are made of.</summary>
    public ulong Stamp { get; }

    /// <summary>How many references it has; more than 1 only as a single block.</summary>
    public uint References { get; }

    /// <summary>The order of the block that starts here: the largest that fits.</summary>
    public Order FirstOrder => Order.LargestAt(Frames.Start, Frames.Count);

    /// <summary>Whether it is one block.</summary>
    public bool IsBlock => FirstOrder.FrameCount == Frames.Count;

    /// <summary>From one marked frame to the next.</summary>
    public ulong MarkStep => Frames.Count <= MarkedFrames ? 1 : Frames.Count / MarkedFrames;

    /// <summary>The same with another number of references.</summary>
    public FrameStressBlock With(uint references) => new(Frames, Owner, Stamp, references);

    /// <summary>Where the marker of <paramref name="frame"/> lies.</summary>
    public PhysAddr MarkAddress(FrameNumber frame) => frame.Start + ((Stamp % WordsPerFrame) * sizeof(ulong));

    /// <summary>What it is.</summary>
    public ulong MarkOf(FrameNumber frame) => Stamp ^ unchecked((frame.Value + 1) * Spread);
}
