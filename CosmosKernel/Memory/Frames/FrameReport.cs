using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>What a frame is, for people.</summary>
public readonly unsafe struct FrameReport
{
    private FrameReport(FrameState state, byte zone, FrameNumber block, FrameDescriptor* first)
    {
        State = state;
        ZoneIndex = zone;
        Block = block;
        if (first == null) return;
        Order = Order.FromTrusted(first->OrderValue);
        Owner = first->Owner;
        References = first->References;
    }

    /// <summary>Absent, Reserved, Free, Cached, Allocated, or Inner for a frame of an allocated block that is not its first.</summary>
    public FrameState State { get; }

    /// <summary>The zone that manages it; meaningless for what is absent or reserved.</summary>
    public int ZoneIndex { get; }

    /// <summary>The first frame of the allocated block that it is in.</summary>
    public FrameNumber Block { get; }

    /// <summary>The order of the allocated block that it is in.</summary>
    public Order Order { get; }

    /// <summary>Who uses the allocated block that it is in.</summary>
    public FrameOwner Owner { get; }

    /// <summary>How many use the allocated block that it is in.</summary>
    public uint References { get; }

    internal static FrameReport Absent => default;

    internal static FrameReport Reserved => new(FrameState.Reserved, Zone.None, default, null);

    /// <summary>What a frame is that zone <paramref name="zone"/> manages.</summary>
    internal static FrameReport Of(in FrameTable table, FrameNumber frame, byte zone, bool isFree)
    {
        FrameDescriptor* descriptor = table.Find(frame);
        if (isFree) return new FrameReport(FrameState.Free, zone, default, null);
        FrameDescriptor* first = table.FindBlock(frame, out FrameNumber start);
        if (first == null || first->State == FrameState.Cached) return new FrameReport(FrameState.Cached, zone, default, null);
        return new FrameReport(descriptor->State, zone, start, first);
    }
}
