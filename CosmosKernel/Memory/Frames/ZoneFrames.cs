using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Where the frames of a zone are: what an <see cref="IBlockAllocator"/> needs to know of its zone.</summary>
public readonly struct ZoneFrames
{
    /// <summary>Offsets have 32 bits: the frames from the origin on that a zone can have, 16 TiB.</summary>
    public const ulong ReachFrames = 1UL << 32;

    /// <summary>A zone's frames.</summary>
    /// <param name="table">Describes them.</param>
    /// <param name="number">The zone's number, below <see cref="FrameDescriptor.NoZone"/>.</param>
    /// <param name="span">From the first frame of RAM to the last; holes and frames of other zones may lie between.</param>
    public ZoneFrames(in FrameTable table, byte number, FrameRange span)
    {
        KernelAssert.That(number != FrameDescriptor.NoZone, "ZoneFrames: no such zone");
        Table = table;
        Number = number;
        Span = span;
        FirstChunk = table.ChunkOf(span.Start);
        ChunkCount = table.ChunkOf(span.End - 1) + 1 - FirstChunk;
    }

    /// <summary>Describes the frames.</summary>
    public FrameTable Table { get; }

    /// <summary>The zone's number, as it is in the descriptors.</summary>
    public byte Number { get; }

    /// <summary>From the first frame of RAM to the last; holes and frames of other zones may lie between.</summary>
    public FrameRange Span { get; }

    /// <summary>What frames' offsets count from: the first frame, rounded down to the largest order.</summary>
    public ulong Origin => Span.Start.AlignDown(Order.Max).Value;

    /// <summary>The table's number of the chunk with the first frame.</summary>
    public uint FirstChunk { get; }

    /// <summary>The chunks from that with the first frame to that with the last.</summary>
    public uint ChunkCount { get; }
}
