using MemOS.Boot;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Says which zones a machine's RAM falls into: node by node, and of a node band by band, upwards.</summary>
/// <remarks>A band of a node whose RAM is further apart than <see cref="ZoneFrames.ReachFrames"/> makes several zones. O(nodes × bands × ranges) in all.</remarks>
public struct ZonePlanner
{
    /// <summary>The most zones: their numbers are bytes, one of which means none. RAM beyond them stays reserved.</summary>
    public const int Limit = FrameDescriptor.NoZone;

    private readonly MemoryMap _map;
    private readonly Topology _topology;
    private readonly ZoneLayout _layout;
    private int _node;
    private int _band;
    private FrameNumber _from;

    /// <summary>The zones of a machine; a <paramref name="topology"/> without nodes stands for one node with everything.</summary>
    public ZonePlanner(in MemoryMap map, in Topology topology, in ZoneLayout layout)
    {
        _map = map;
        _topology = topology;
        _layout = layout;
        _node = 0;
        _band = 0;
        _from = FrameNumber.Zero;
        Count = 0;
    }

    /// <summary>How many zones it has told.</summary>
    public int Count { get; private set; }

    /// <summary>The next zone; false when there is no further one.</summary>
    public bool TryNext(out NodeZone zone)
    {
        zone = default;
        while (Count < Limit && (_node == 0 || _node < _topology.NodeCount))
        {
            zone = Measure();
            if (zone.PresentFrames != 0)
            {
                _from = zone.Span.End;
                Count++;
                return true;
            }

            _from = FrameNumber.Zero;
            if (++_band < _layout.BandCount) continue;
            _band = 0;
            _node++;
        }

        return false;
    }

    /// <summary>The RAM of the node in the band from where the last zone ended, as far as one zone reaches.</summary>
    private readonly NodeZone Measure()
    {
        FrameRange bounds = _layout.FramesOf(_band);
        FrameRange span = default;
        ulong present = 0;
        int position = 0;
        while (_map.TryNextUsable(ref position, out FrameRange run))
        {
            run = run.Intersect(bounds);
            while (!run.IsEmpty)
            {
                FrameRange front = TakeFront(ref run, out bool isOfNode);
                if (!isOfNode || front.End <= _from) continue;
                if (present == 0) span = new FrameRange(front.Start, 0);
                front = front.Intersect(FrameRange.FromBounds(FrameNumber.Zero, span.Start.AlignDown(Order.Max) + ZoneFrames.ReachFrames));
                if (front.IsEmpty) continue;
                span = FrameRange.FromBounds(span.Start, front.End);
                present += front.Count;
            }
        }

        return new NodeZone(NodeId.FromTrusted(_node), _layout.KindOf(_band), span, present);
    }

    private readonly FrameRange TakeFront(ref FrameRange run, out bool isOfNode)
    {
        isOfNode = true;
        FrameRange front = run;
        if (_topology.NodeCount == 0)
        {
            run = new FrameRange(run.End, 0);
            return front;
        }

        front = _topology.TakeFront(ref run, out NodeId owner);
        isOfNode = owner.Value == _node;
        return front;
    }
}
