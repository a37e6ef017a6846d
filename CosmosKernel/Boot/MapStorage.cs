using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Finds room to put the firmware's memory map in order, while it is still in the order in which it came.</summary>
/// <remarks>
/// A window of the wanted size begins at the start of a usable entry and gives way upwards to everything that lies in it and is
/// not usable, or is taken. Each step reads all entries, and firmware may say what it likes, so the steps are bounded: room that
/// is not found in <see cref="MaxSteps"/> is not there for the map's sake.
/// </remarks>
public static class MapStorage
{
    /// <summary>The most entries that a map may have; the largest machines have some hundred.</summary>
    public const int MaxEntries = 1 << 16;

    private const int MaxSteps = 1024;

    /// <summary>Finds <paramref name="frameCount"/> frames inside one usable entry that no stricter entry and nothing in <paramref name="taken"/> touches.</summary>
    /// <param name="entries">The firmware's map.</param>
    /// <param name="taken">What is in use already.</param>
    /// <param name="frameCount">How many frames are wanted, at least one.</param>
    /// <param name="limit">The frames lie below this one: what is mapped.</param>
    /// <param name="frames">The frames found.</param>
    public static bool TryFind(in BootMemoryEntries entries, in ReservedRegions taken, ulong frameCount, FrameNumber limit, out FrameRange frames)
    {
        int steps = 0;
        FrameRange below = FrameRange.FromBounds(FrameNumber.Zero, limit);
        for (int index = 0; index < entries.Count; index++)
        {
            BootMemoryEntry entry = entries[index];
            if (entry.Kind != MemoryKind.Usable) continue;
            FrameRange room = FramesInside(in entry).Intersect(below);
            while (room.Count >= frameCount && steps++ < MaxSteps)
            {
                frames = new FrameRange(room.Start, frameCount);
                if (!TryFindObstacle(in entries, in taken, frames, out FrameNumber end)) return true;
                room = FrameRange.FromBounds(end, room.End);
            }
        }

        frames = default;
        return false;
    }

    /// <summary>Whether something lies in <paramref name="window"/>; if so, where the part of it ends that goes furthest.</summary>
    private static bool TryFindObstacle(in BootMemoryEntries entries, in ReservedRegions taken, FrameRange window, out FrameNumber end)
    {
        end = FrameNumber.Zero;
        for (int index = 0; index < entries.Count; index++)
        {
            BootMemoryEntry entry = entries[index];
            if (entry.Kind == MemoryKind.Usable) continue;
            FrameRange obstacle = FramesTouched(in entry);
            if (obstacle.Overlaps(window) && obstacle.End > end) end = obstacle.End;
        }

        for (int index = 0; index < taken.Count; index++)
        {
            FrameRange obstacle = taken[index].Frames;
            if (obstacle.Overlaps(window) && obstacle.End > end) end = obstacle.End;
        }

        return end != FrameNumber.Zero;
    }

    private static FrameRange FramesInside(in BootMemoryEntry entry) => FrameRange.Inside(entry.Start, BytesOf(in entry));

    private static FrameRange FramesTouched(in BootMemoryEntry entry) => FrameRange.Covering(entry.Start, BytesOf(in entry));

    /// <summary>The entry's length up to the widest physical address; 0 when it lies above.</summary>
    private static ulong BytesOf(in BootMemoryEntry entry)
    {
        const ulong AddressLimit = 1UL << PhysAddr.MaxBits;
        if (entry.Start.Value >= AddressLimit) return 0;
        ulong room = AddressLimit - entry.Start.Value;
        return entry.SizeBytes < room ? entry.SizeBytes : room;
    }
}
