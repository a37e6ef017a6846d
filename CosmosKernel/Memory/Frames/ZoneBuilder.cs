using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Makes the zones of a layout that have RAM, without giving them frames yet.</summary>
internal unsafe struct ZoneBuilder
{
    private readonly MemoryMap _map;
    private readonly ZoneLayout _layout;
    private readonly FrameTable _table;
    private readonly Zone* _zones;
    private readonly PerCpuCache* _caches;
    private FrameRange _span;
    private ulong _present;
    private int _count;

    internal ZoneBuilder(in MemoryMap map, in ZoneLayout layout, in FrameTable table, Zone* zones, PerCpuCache* caches)
    {
        _map = map;
        _layout = layout;
        _table = table;
        _zones = zones;
        _caches = caches;
        _span = default;
        _present = 0;
        _count = 0;
    }

    /// <summary>The number of zones made; RAM beyond <see cref="ZoneOrder.Limit"/> zones stays reserved.</summary>
    internal int Build()
    {
        for (int band = 0; band < _layout.BandCount; band++)
        {
            FrameRange frames = _layout.FramesOf(band);
            int position = 0;
            while (_map.TryNextUsable(ref position, out FrameRange run)) Add(run.Intersect(frames), _layout.KindOf(band));
            Finish(_layout.KindOf(band));
        }

        return _count;
    }

    private void Add(FrameRange run, ZoneKind kind)
    {
        while (!run.IsEmpty)
        {
            if (_span.IsEmpty) _span = new FrameRange(run.Start, 0);
            FrameNumber reach = _span.Start.AlignDown(Order.Max) + BuddyAllocator.ReachFrames;
            FrameRange near = run.Intersect(FrameRange.FromBounds(_span.Start, reach));
            run = FrameRange.FromBounds(near.IsEmpty ? run.Start : near.End, run.End);
            if (near.IsEmpty)
            {
                Finish(kind);
                continue;
            }

            _span = FrameRange.FromBounds(_span.Start, near.End);
            _present += near.Count;
        }
    }

    private void Finish(ZoneKind kind)
    {
        if (_present != 0 && _count < ZoneOrder.Limit)
        {
            BuddyAllocator frames = new(in _table, (byte)_count, _span.Start);
            _zones[_count] = new Zone(kind, _span, _present, in frames, &_caches[_count]);
            _count++;
        }

        _span = default;
        _present = 0;
    }
}
