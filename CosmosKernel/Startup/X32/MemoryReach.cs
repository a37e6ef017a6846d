using MemOS.Memory.Frames;

namespace MemOS.Startup;

/// <summary>How much of memory the kernel can reach through the direct map: on x86-32 the zones below 896 MiB.</summary>
internal static class MemoryReach
{
    /// <summary>The highest zone whose frames are in the direct map.</summary>
    internal const ZoneKind Direct = ZoneKind.Normal;

    /// <summary>
    /// Whether the collector knows of everything that can hold a reference: not here, where static fields are counted by the compiler, and
    /// a program can store to one through a reference to it. As Cosmos's, it works when it is asked, and besides when memory is gone.
    /// </summary>
    internal const bool KnowsAllRoots = false;
}
