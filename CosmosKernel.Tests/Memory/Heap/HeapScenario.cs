using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using MemOS.Tests.Interleavings;

namespace MemOS.Tests.Memory.Heap;

/// <summary>
/// CPUs on one kernel heap, with blocks of which a slab has four and a magazine two, whose steps an explorer orders. Handing out a block that somebody
/// has is a fault; so is a heap that is not whole when all have ended and their magazines are empty.
/// </summary>
public abstract unsafe class HeapScenario<TWords> : Scenario
    where TWords : struct, ISharedWords
{
    protected const uint BlockBytes = 4096;
    private const int MostBoxes = 4;

    private const ulong ArenaPages = 128;

    [ThreadStatic]
    private static int t_processor;

    [ThreadStatic]
    private static HeapScenario<TWords>? t_scenario;

    private readonly HostArena _arena = HostArena.Create(ArenaPages);
    private readonly ProcessorLocals* _locals;
    private readonly Dictionary<nint, int> _owners = [];
    private readonly Shared* _shared;

    /// <summary>A heap with magazines for so many CPUs, that keeps so many empty slabs of the class.</summary>
    protected HeapScenario(int processors, uint keptSlabs)
    {
        Processors = processors;
        _shared = Share<Shared>();
        _locals = (ProcessorLocals*)NativeMemory.AlignedAlloc((nuint)(processors * sizeof(ProcessorLocals)), ProcessorLocals.LineBytes);
        new Span<ProcessorLocals>(_locals, processors).Clear();
        Become(0);
        bool isMade = _shared->Machine.TryInitialize(_arena, _arena.Window);
        for (int processor = 1; processor < processors; processor++) isMade &= _shared->Machine.TryAddCpu(_locals + processor);
        KernelAssert.That(isMade, "HeapScenario: no memory");
        byte* block = _shared->Machine.Allocate(BlockBytes);
        _shared->Machine.SetEmptyMark(new SlabCacheId(_shared->Machine.SlabAt(block)->ClassIndex), keptSlabs);
        _shared->Machine.Free(block);
        _shared->Machine.Trim();
    }

    public override int Processors { get; }

    /// <summary>How many double frees are counted at most.</summary>
    protected virtual ulong MostDoubleFrees => 0;

    /// <summary>How many blocks may be Live in the end that nobody has.</summary>
    protected virtual ulong MostLost => 0;

    /// <summary>The heap, its steps being ordered.</summary>
    protected ref KernelHeap<HostArena, ExploredLocals, TWords> Heap => ref *(KernelHeap<HostArena, ExploredLocals, TWords>*)&_shared->Machine; // SAFETY: words are no part of it.

    /// <summary>The same heap, before and after the CPUs run.</summary>
    protected ref KernelHeap<HostArena, ExploredLocals, MachineWords> Prepared => ref _shared->Machine;

    private static ExploredWords Data => default;

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
            Prepared.Drain();
        }

        Prepared.Trim();
        if (Prepared.Validate() is var broken and not HeapInvariant.None) return $"the heap is not whole: {broken}";
        foreach (nint block in _owners.Keys)
        {
            if (Prepared.SizeOf((void*)block) != BlockBytes) return "a block that a CPU has is none";
        }

        HeapStatistics statistics = Prepared.GetStatistics();
        ulong lost = statistics.LiveBlocks - (ulong)_owners.Count;
        if (lost > MostLost) return $"{statistics.LiveBlocks} blocks are Live, {_owners.Count} had";
        if (statistics.DoubleFrees > MostDoubleFrees) return $"{statistics.DoubleFrees} double frees";
        return statistics.LiveBlocks == 0 && _arena.PagesOut != statistics.TablePages ? "pages are lost" : null;
    }

    /// <summary>Before the CPUs run: from now on one that finds no memory asks the second one to give back what it keeps.</summary>
    protected void PrepareAsking() => Heap.UseSafePoints(&PollOwn, &AskSecond);

    /// <summary>The second CPU serves such requests, until the first one has said that it asks no more.</summary>
    protected void ServeUntilEnd()
    {
        while (true)
        {
            Poll();
            if (Data.Read(ref _shared->Boxes[0]) != 0) return;
            if (Data.Read(ref _shared->DrainsDone) == Data.Read(ref _shared->DrainsAsked)) default(ExploredProcessor).Wait();
        }
    }

    /// <summary>The first CPU asks no more.</summary>
    protected void EndAsking()
    {
        Data.Write(ref _shared->Boxes[0], 1);
        DrainRequest.Ask(Data, ref _shared->DrainsAsked);
    }

    /// <summary>What was asked for is said to be given back.</summary>
    protected void EndRequest(int request) => DrainRequest.End(Data, ref _shared->DrainsDone, request);

    /// <summary>Gives back what was asked for.</summary>
    protected virtual void Serve(int request)
    {
        Heap.Drain();
        EndRequest(request);
    }

    private void Poll()
    {
        if (t_processor == 1 && DrainRequest.TryBegin(Data, ref _shared->DrainsAsked, ref _shared->DrainsDone, out int request)) Serve(request);
    }

    private static void PollOwn() => t_scenario!.Poll();

    private static void AskSecond()
    {
        Shared* shared = t_scenario!._shared;
        KernelAssert.That(t_processor == 0, "HeapScenario: only the first one runs out of memory");
        DrainRequest.Ask(Data, ref shared->DrainsAsked);
        while (!DrainRequest.IsDone(Data, ref shared->DrainsAsked, ref shared->DrainsDone)) default(ExploredProcessor).Wait();
    }

    /// <summary>What a CPU does.</summary>
    protected abstract void Act(int processor);

    /// <summary>From now on this thread is a CPU.</summary>
    protected void Become(int processor)
    {
        t_processor = processor;
        ExploredLocals.Become(_locals + processor);
    }

    protected byte* Allocate() => Claim(Heap.Allocate(BlockBytes));

    protected void Free(byte* block)
    {
        if (!_owners.Remove((nint)block)) throw new InvalidOperationException("a block is freed that nobody has");
        if (Heap.Free(block) is var result and not HeapFreeResult.Ok) throw new InvalidOperationException($"a free is answered with {result}");
    }

    /// <summary>No page is to be had any more.</summary>
    protected void RefusePages() => _arena.RefuseAfter(0);

    /// <summary>A block that was handed out.</summary>
    protected byte* Claim(byte* block)
    {
        if (block != null && !_owners.TryAdd((nint)block, t_processor))
            throw new InvalidOperationException($"a block is handed out to {t_processor} that {_owners[(nint)block]} has");
        return block;
    }

    /// <summary>Whoever has the block, has it no more.</summary>
    protected void Forget(byte* block) => _owners.Remove((nint)block);

    /// <summary>Says where a block is, for another CPU.</summary>
    protected void Send(int box, byte* block) => Data.Write(ref _shared->Boxes[box], (ulong)block);

    /// <summary>Waits for what is sent.</summary>
    protected byte* Receive(int box)
    {
        while (true)
        {
            ulong block = Data.Read(ref _shared->Boxes[box]);
            if (block != 0) return (byte*)block;
            default(ExploredProcessor).Wait();
        }
    }

    /// <summary>Before the CPUs run: a block is freed by two of them as if both had found it Live. It is in the magazines of both.</summary>
    protected byte* PrepareFreedTwice(int one, int other)
    {
        Become(one);
        byte* block = Prepared.Allocate(BlockBytes);
        Prepared.Free(block);
        Slab* slab = Prepared.SlabAt(block);
        Slab.States(slab)[slab->IndexAt((nuint)(block - slab->Start))] = ObjectState.Live;
        Become(other);
        Prepared.Free(block);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _arena.Dispose();
        NativeMemory.AlignedFree(_locals);
        base.Dispose(disposing);
    }

    private struct Shared
    {
        internal KernelHeap<HostArena, ExploredLocals, MachineWords> Machine;
        internal fixed ulong Boxes[MostBoxes];
        internal int DrainsAsked;
        internal int DrainsDone;
    }
}
