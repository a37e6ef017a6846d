using System;
using System.Linq;
using System.Threading;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Memory.Frames;

/// <summary>A memory for several threads as processors, and who has which of its frames: one handed out twice is found at once.</summary>
internal sealed unsafe class FrameBoard : IDisposable
{
    private const ulong MiB = 1 << 20;

    private readonly FirmwareMap _firmware = new();
    private readonly AcpiMachine _acpi = new();
    private readonly ProcessorLocals*[] _locals;
    private readonly int[] _isOut;
    private PhysicalMemory<NoMemory, HostProcessor> _memory;

    /// <summary>The test's own thread is processor 0, which was there first.</summary>
    public FrameBoard(int processors, int nodes, ulong mebibytesPerNode, ZonePreset preset, FrameAllocatorKind allocator)
    {
        NodeCount = nodes;
        _firmware.Add(0, (ulong)nodes * mebibytesPerNode * MiB, MemoryKind.Usable);
        MemoryMap map = _firmware.Build();
        Topology topology = nodes == 1 ? default : Nodes(in map, mebibytesPerNode);
        ZoneLayout layout = ZoneLayout.Of(preset);
        FramePlan plan = new(in layout, in topology, in allocator);
        Storage = _firmware.NewStorage(PhysicalMemory<NoMemory, HostProcessor>.MetadataBytes(in map, in plan));
        _locals = new ProcessorLocals*[processors];
        _locals[0] = HostProcessor.Make(0);
        HostProcessor.Become(_locals[0]);
        _memory = new PhysicalMemory<NoMemory, HostProcessor>(in map, _firmware.NewRegions(), in plan, Storage.Bytes, default, default);
        for (int number = 1; number < processors; number++)
        {
            _locals[number] = HostProcessor.Make(number);
            _memory.AddProcessor(_locals[number], _firmware.NewStorage(_memory.ProcessorBytes).Bytes, NodeId.FromTrusted(number % nodes));
        }

        _isOut = new int[(int)map.UsableEnd.Value];
        Measures = plan.Measure(in map);
    }

    /// <summary>One frame or block, or a run when it has no order.</summary>
    public readonly record struct Block(FrameRange Frames, Order? Order);

    public ref PhysicalMemory<NoMemory, HostProcessor> Memory => ref _memory;

    public NativeStorage Storage { get; }

    public FramePlan.Measures Measures { get; }

    public int NodeCount { get; }

    /// <summary>Somebody found a mistake: the others need not go on.</summary>
    public volatile bool HasFailed;

    public ProcessorLocals* LocalsOf(int processor) => _locals[processor];

    /// <summary>These frames were handed out.</summary>
    public void Claim(FrameRange frames)
    {
        for (FrameNumber frame = frames.Start; frame < frames.End; frame += 1)
        {
            if (Interlocked.Exchange(ref _isOut[(int)frame.Value], 1) != 0) throw new InvalidOperationException(frame + " was handed out twice");
        }
    }

    /// <summary>These are about to be freed.</summary>
    public void GiveUp(FrameRange frames)
    {
        for (FrameNumber frame = frames.Start; frame < frames.End; frame += 1)
        {
            if (Interlocked.Exchange(ref _isOut[(int)frame.Value], 0) != 1) throw new InvalidOperationException(frame + " was not out");
        }
    }

    /// <summary>All is free again and every count right.</summary>
    public void CheckAllFree(ulong freeAtFirst)
    {
        Assert.That(_isOut, Has.All.EqualTo(0));
        Assert.That(_memory.Validate(), Is.Null);
        Assert.That(_memory.Statistics.Free, Is.EqualTo(freeAtFirst));
        Assert.That(_memory.Statistics.Cached, Is.Zero);
        foreach (FrameOwner owner in Enum.GetValues<FrameOwner>()) Assert.That(_memory.OwnedBy(owner), Is.Zero, owner.ToString());
    }

    public void Dispose()
    {
        _acpi.Dispose();
        _firmware.Dispose();
    }

    private Topology Nodes(in MemoryMap map, ulong mebibytes)
    {
        byte[][] entries = [.. Enumerable.Range(0, NodeCount).SelectMany(node => new[]
        {
            Ram((uint)node, (ulong)node * mebibytes * MiB, mebibytes * MiB), Processor((uint)node, (byte)node),
        })];
        Topology topology = _acpi.Read(in map, Srat(entries), null);
        Assert.That(topology.NodeCount, Is.EqualTo(NodeCount));
        return topology;
    }
}
