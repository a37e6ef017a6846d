using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Numa;

/// <summary>The parts of a topology's memory.</summary>
internal readonly unsafe struct TopologyStorage
{
    /// <summary>The most ranges that are kept: SRATs of the largest machines have some hundred.</summary>
    internal const int MaxRanges = 1024;

    /// <summary>The most processors that are kept; more than the kernel runs, for firmware lists sockets that are empty too.</summary>
    internal const int MaxProcessors = 4096;

    private const int ApicShift = 32;

    internal TopologyStorage(byte* storage, int rangeCount, int processorCount, int nodeCount)
    {
        int rowBytes = Noded(nodeCount) << Topology.NodeShift;
        Ranges = new StructArray<NodeMemory>(storage, Ranged(rangeCount));
        storage += StructArray<NodeMemory>.BytesFor(Ranged(rangeCount));
        Processors = new StructArray<ulong>(storage, Processed(processorCount));
        storage += StructArray<ulong>.BytesFor(Processed(processorCount));
        Nodes = new StructArray<NodeRecord>(storage, Noded(nodeCount));
        storage += StructArray<NodeRecord>.BytesFor(Noded(nodeCount));
        Distances = new StructArray<byte>(storage, rowBytes);
        Fallback = new StructArray<byte>(storage + Distances.Count, rowBytes);
    }

    /// <summary>The ranges, upwards.</summary>
    internal StructArray<NodeMemory> Ranges { get; }

    /// <summary>A word a processor, upwards: the APIC's number above, the node below.</summary>
    internal StructArray<ulong> Processors { get; }

    /// <summary>The nodes.</summary>
    internal StructArray<NodeRecord> Nodes { get; }

    /// <summary>A row of distances a node.</summary>
    internal StructArray<byte> Distances { get; }

    /// <summary>A row of nodes to try a node.</summary>
    internal StructArray<byte> Fallback { get; }

    internal static ulong BytesFor(int rangeCount, int processorCount, int nodeCount) =>
        StructArray<NodeMemory>.BytesFor(Ranged(rangeCount)) + StructArray<ulong>.BytesFor(Processed(processorCount)) +
        StructArray<NodeRecord>.BytesFor(Noded(nodeCount)) + 2 * StructArray<byte>.BytesFor(Noded(nodeCount) << Topology.NodeShift);

    internal static ulong Processor(uint apicId, NodeId node) => (ulong)apicId << ApicShift | (uint)node.Value;

    internal static uint ApicOf(ulong processor) => (uint)(processor >> ApicShift);

    internal static NodeId NodeOf(ulong processor) => NodeId.FromTrusted((int)(uint)processor);

    private static int Ranged(int count) => count < 1 ? 1 : count > MaxRanges ? MaxRanges : count;

    private static int Processed(int count) => count > MaxProcessors ? MaxProcessors : count;

    private static int Noded(int count) => count < 1 ? 1 : count > NodeId.Limit ? NodeId.Limit : count;
}
