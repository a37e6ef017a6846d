using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>What the memory commands read: the machine's memory, or a test's.</summary>
public interface IMemoryView
{
    /// <summary>The firmware's map, made disjoint.</summary>
    MemoryMap Map { get; }

    /// <summary>What is never handed out.</summary>
    ReservedRegions Reserved { get; }

    /// <summary>The frames as they are now.</summary>
    FrameStatistics Frames { get; }

    /// <summary>The name of the algorithm that serves the zones, as <c>frames=</c> takes it.</summary>
    string Allocator { get; }

    /// <summary>The number of zones.</summary>
    int ZoneCount { get; }

    /// <summary>The frames that an owner has now.</summary>
    ulong FramesOf(FrameOwner owner);

    /// <summary>What a frame is now.</summary>
    FrameReport Describe(FrameNumber frame);

    /// <summary>A zone as it is now.</summary>
    Zone ZoneAt(int index);
}
