using MemOS.Memory.Frames;

namespace MemOS.Startup;

/// <summary>How much of memory the kernel can reach through the direct map: all of it on x86-64.</summary>
internal static class MemoryReach
{
    /// <summary>The highest zone whose frames are in the direct map.</summary>
    internal const ZoneKind Direct = ZoneKind.High;

    /// <summary>Whether the collector knows of everything that can hold a reference, so that it may work without being asked.</summary>
    internal const bool KnowsAllRoots = true;
}
