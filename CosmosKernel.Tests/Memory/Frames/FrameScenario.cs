using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using MemOS.Tests.Interleavings;

namespace MemOS.Tests.Memory.Frames;

/// <summary>
/// Processors on one zone of few frames, whose steps an explorer orders. Handing out a frame that somebody has is a fault; so are frames that are not
/// whole, or not all free but those that somebody has, when all have ended and their caches are drained.
/// </summary>
public abstract unsafe class FrameScenario<TWords> : Scenario
    where TWords : struct, ISharedWords
{
    /// <summary>Stacks of four frames for each of two processors.</summary>
    protected const ulong FewFrames = 512;

    private const int MostBoxes = 4;

    [ThreadStatic]
    private static int t_processor;

    [ThreadStatic]
    private static FrameScenario<TWords>? t_scenario;

    private readonly FirmwareMap _firmware = new();
    private readonly ProcessorLocals* _locals;
    private readonly Dictionary<ulong, int> _owners = [];
    private readonly Shared* _shared;
    private PhysicalMemory<NoMemory, LockSteps> _memory;

    protected FrameScenario(int processors, ulong frames = FewFrames)
    {
        Processors = processors;
        _shared = Share<Shared>();
        _locals = (ProcessorLocals*)NativeMemory.AlignedAlloc((nuint)(processors * sizeof(ProcessorLocals)), ProcessorLocals.LineBytes);
        new Span<ProcessorLocals>(_locals, processors).Clear();
        for (int processor = 0; processor < processors; processor++) _locals[processor].Number = processor;
        _firmware.AddFrames(0, frames);
        MemoryMap map = _firmware.Build();
        ZoneLayout layout = ZoneLayout.Of(ZonePreset.Linux);
        FrameAllocatorKind usual = FrameAllocatorKind.Of<HybridAllocator>();
        FrameAllocatorKind kind = usual.With(usual.TryAllocate, usual.TryAllocateRun, &FreeToZone);
        FramePlan plan = new(in layout, default, in kind);
        byte* storage = _firmware.NewStorage(PhysicalMemory<NoMemory, LockSteps>.MetadataBytes(in map, in plan)).Bytes;
        Become(0);
        _memory = new PhysicalMemory<NoMemory, LockSteps>(in map, _firmware.NewRegions(), in plan, storage, default, default);
        for (int processor = 1; processor < processors; processor++)
            _memory.AddProcessor(_locals + processor, _firmware.NewStorage(_memory.ProcessorBytes).Bytes, NodeId.Zero);
    }

    public override int Processors { get; }

    /// <summary>All frames; whole operations of it are single steps, but for locks.</summary>
    protected ref PhysicalMemory<NoMemory, LockSteps> Memory => ref _memory;

    protected static ExploredWords Data => default;

    private static TWords Words => default;

    private FrameFront* Front => FrameFront.Of(_locals + t_processor);

    public override void Run(int processor)
    {
        t_scenario = this;
        Become(processor);
        Act(processor);
    }

    public override string? Check()
    {
        for (int processor = 0; processor < Processors; processor++)
        {
            Become(processor);
            _memory.Drain();
        }

        FrameStatistics statistics = _memory.Statistics;
        if (statistics.Cached != 0) return "frames stay in caches";
        if (statistics.Used != FramesOf(_owners.Count)) return $"{statistics.Used} frames are used, {_owners.Count} had";
        return _memory.ZoneAt(0).Validate(in Table);
    }

    /// <summary>The frames that so many claims stand for.</summary>
    protected virtual ulong FramesOf(int claims) => (ulong)claims;

    /// <summary>What a processor does.</summary>
    protected abstract void Act(int processor);

    /// <summary>From now on this thread is a processor.</summary>
    protected void Become(int processor)
    {
        t_processor = processor;
        ExploredLocals.Become(_locals + processor);
    }

    /// <summary>Before the processors run: each has a frame in its cache, and room for more.</summary>
    protected void PrepareRoom()
    {
        for (int processor = 0; processor < Processors; processor++)
        {
            Become(processor);
            KernelAssert.That(_memory.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber frame), "FrameScenario: no frame");
            _memory.Free(frame, Order.Zero);
            while (!Front->CacheAt(0)->HasRoom && _memory.TryAllocate(Order.Zero, FrameOwner.Kernel, out frame)) Claim(frame);
        }
    }

    /// <summary>A frame for the running processor; false when there is none.</summary>
    protected bool TryAllocate(out FrameNumber frame) => _memory.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.Kernel).Urgent(), out frame) && Claim(frame);

    /// <summary>Takes a frame from the running processor's cache, word by word.</summary>
    protected bool TryTake(out FrameNumber frame) =>
        FrameFront.CacheFor(Front, FrameRequest.For(FrameOwner.Kernel))->TryTake(FrameOwner.Kernel, out frame, Words) && Claim(frame);

    /// <summary>Frees a frame of a processor's.</summary>
    protected void Free(FrameNumber frame)
    {
        Forget(frame);
        if (_memory.Free(frame, Order.Zero) is var result and not FreeResult.Ok) throw new InvalidOperationException($"a free is answered with {result}");
    }

    /// <summary>Frees a frame into the running processor's cache, word by word; false when it is refused.</summary>
    protected bool TryFreeToCache(FrameNumber frame)
    {
        FrameDescriptor* block = Descriptor(frame);
        return FrameFront.TryFreeToCache(Front, block, Words);
    }

    /// <summary>Frees a frame to its zone, word by word under the lock; false when it is refused.</summary>
    protected bool TryFreeToZone(FrameNumber frame) =>
        Unsafe.AsRef(in _memory.ZoneAt(0)).Free(default(LockSteps), Descriptor(frame), frame, Order.Zero) == FreeResult.Ok;

    protected bool TryDropReference(FrameNumber frame) => FrameTable.TryDropReference(Descriptor(frame), Words);

    protected bool TryAddReference(FrameNumber frame) => FrameTable.TryAddReference(Descriptor(frame), Words);

    protected bool Claim(FrameNumber frame)
    {
        if (!_owners.TryAdd(frame.Value, t_processor)) throw new InvalidOperationException($"a frame is handed out to {t_processor} that {_owners[frame.Value]} has");
        return true;
    }

    protected void Forget(FrameNumber frame)
    {
        if (!_owners.Remove(frame.Value)) throw new InvalidOperationException("a frame is freed that nobody has");
    }

    protected void Send(int box, FrameNumber frame) => Data.Write(ref _shared->Boxes[box], frame.Value + 1);

    protected FrameNumber Receive(int box)
    {
        while (true)
        {
            ulong sent = Data.Read(ref _shared->Boxes[box]);
            if (sent != 0) return FrameNumber.FromTrusted(sent - 1);
            default(ExploredProcessor).Wait();
        }
    }

    /// <summary>Before the processors run: from now on one that finds no frame asks the second one to give back what it keeps.</summary>
    protected void PrepareAsking() => _memory.AskOthersBy(&AskSecond);

    /// <summary>The second processor serves such requests, until the first one has said that it asks no more.</summary>
    protected void ServeUntilEnd()
    {
        while (true)
        {
            if (DrainRequest.TryBegin(Data, ref _shared->DrainsAsked, ref _shared->DrainsDone, out int request)) Serve(request);
            if (Data.Read(ref _shared->Boxes[0]) != 0) return;
            if (Data.Read(ref _shared->DrainsDone) == Data.Read(ref _shared->DrainsAsked)) default(ExploredProcessor).Wait();
        }
    }

    /// <summary>The first processor asks no more.</summary>
    protected void EndAsking()
    {
        Data.Write(ref _shared->Boxes[0], 1);
        DrainRequest.Ask(Data, ref _shared->DrainsAsked);
    }

    /// <summary>Gives back what was asked for.</summary>
    protected virtual void Serve(int request)
    {
        _memory.Drain();
        EndRequest(request);
    }

    /// <summary>Says that what was asked for is given back.</summary>
    protected void EndRequest(int request) => DrainRequest.End(Data, ref _shared->DrainsDone, request);

    protected override void Dispose(bool disposing)
    {
        _firmware.Dispose();
        NativeMemory.AlignedFree(_locals);
        base.Dispose(disposing);
    }

    private ref readonly FrameTable Table => ref FrameFront.TableOf(FrameFront.Of(_locals));

    private FrameDescriptor* Descriptor(FrameNumber frame) => Table.Find(frame);

    private static FreeResult FreeToZone(void* self, FrameDescriptor* block, FrameNumber frame, Order order)
    {
        FrameAllocator<HybridAllocator>* allocator = (FrameAllocator<HybridAllocator>*)self; // SAFETY: its state is at the start.
        return Execution.IsUnderWay ? allocator->Free(block, frame, order, Words) : allocator->Free(block, frame, order);
    }

    private static void AskSecond()
    {
        Shared* shared = t_scenario!._shared;
        KernelAssert.That(t_processor == 0, "FrameScenario: only the first one runs out of frames");
        DrainRequest.Ask(Data, ref shared->DrainsAsked);
        while (!DrainRequest.IsDone(Data, ref shared->DrainsAsked, ref shared->DrainsDone)) default(ExploredProcessor).Wait();
    }

    private struct Shared
    {
        internal fixed ulong Boxes[MostBoxes];
        internal int DrainsAsked;
        internal int DrainsDone;
    }
}
