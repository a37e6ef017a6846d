using MemOS.Primitives;

namespace MemOS.Memory.Numa;

/// <summary>What is known of a node.</summary>
internal struct NodeRecord
{
    /// <summary>The firmware's number of the node.</summary>
    internal uint Domain;

    /// <summary>How many nodes there are to take memory from, this one included when it has some.</summary>
    internal int FallbackCount;

    /// <summary>The whole usable frames of the firmware's map that are the node's.</summary>
    internal ulong PresentFrames;

    /// <summary>The processors that the firmware counts to the node, running or not.</summary>
    internal int ProcessorCount;

    /// <summary>The devices that read and write memory by themselves.</summary>
    internal int InitiatorCount;

    /// <summary>The CPUs that run.</summary>
    internal CpuSet Cpus;
}
