using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Figures of the memory manager's own entries.</summary>
public static unsafe class MemoryFigures
{
    /// <summary>The figure of clearing a frame.</summary>
    public const string Clear = "frame.clear";

    /// <summary>The figure of copying a frame.</summary>
    public const string Copy = "frame.copy";

    private const int Iterations = 20_000;
    private const int LiveBlocks = 10_000;
    private const uint LargeSlabBytes = 8192;

    // Blocks that a figure keeps while it runs, each with the address of the one before it.
    private static byte* s_live;
    private static FrameNumber s_first;
    private static FrameNumber s_second;

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite)
    {
        suite.Add("heap.64.alloc_free", Iterations, HeapBlock);
        suite.Add(new BenchFigure("heap.64.alloc_free.live10000", Iterations, HeapBlock, TakeBlocks, GiveBlocksBack));
        suite.Add("heap.8192.alloc_free", Iterations, LargeSlabBlock);
        suite.Add("heap.8192.alloc_zeroed_free", Iterations / 10, ZeroedBlock);
        suite.Add("frame.order0.alloc_free", Iterations, Frame);
        suite.Add(new BenchFigure("frame.order0.batch64", Iterations / FrameBatch.Capacity, Batch, unitsPerIteration: FrameBatch.Capacity));
        suite.Add("frame.order9.alloc_free", Iterations, LargeFrame);
        suite.Add(new BenchFigure("frame.order0.alloc_free.half_full", Iterations, Frame, TakeEverySecondFrame, GiveBack));
        suite.Add(new BenchScaling("frames", Frame));
        suite.Add(new BenchFigure(Clear, Iterations / 10, ClearFrame, TakeTwoFrames, GiveTwoBack));
        suite.Add(new BenchFigure(Copy, Iterations / 10, CopyFrame, TakeTwoFrames, GiveTwoBack));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HeapBlock(int iterations)
    {
        ref LiveHeap heap = ref KernelMemory.Heap;
        for (int i = 0; i < iterations; i++) heap.Free(heap.Allocate(64));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LargeSlabBlock(int iterations)
    {
        ref LiveHeap heap = ref KernelMemory.Heap;
        for (int i = 0; i < iterations; i++) heap.Free(heap.Allocate(LargeSlabBytes));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ZeroedBlock(int iterations)
    {
        for (int i = 0; i < iterations; i++) KernelMemory.Heap.Free(KernelMemory.Heap.AllocateZeroed(LargeSlabBytes));
    }

    private static void TakeBlocks()
    {
        for (int i = 0; i < LiveBlocks; i++)
        {
            byte* block = KernelMemory.Heap.Allocate(64);
            KernelAssert.That(block != null, "MemoryFigures: no memory");
            *(byte**)block = s_live;
            s_live = block;
        }
    }

    private static void GiveBlocksBack()
    {
        while (s_live != null)
        {
            byte* block = s_live;
            s_live = *(byte**)block;
            KernelMemory.Heap.Free(block);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Frame(int iterations)
    {
        ref LiveFrames frames = ref KernelMemory.Frames;
        for (int i = 0; i < iterations; i++)
        {
            frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber frame);
            frames.Free(frame, Order.Zero);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Batch(int iterations)
    {
        FrameBatch batch = default;
        ref LiveFrames frames = ref KernelMemory.Frames;
        for (int i = 0; i < iterations; i++)
        {
            frames.AllocateBatch(FrameBatch.Capacity, FrameRequest.For(FrameOwner.Kernel), ref batch);
            frames.FreeBatch(ref batch);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LargeFrame(int iterations)
    {
        ref LiveFrames frames = ref KernelMemory.Frames;
        for (int i = 0; i < iterations; i++)
        {
            frames.TryAllocate(Order.TwoMiB, FrameOwner.Kernel, out FrameNumber frame);
            frames.Free(frame, Order.TwoMiB);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ClearFrame(int iterations)
    {
        for (int i = 0; i < iterations; i++) default(DirectMap).ZeroFrame(s_first);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CopyFrame(int iterations)
    {
        DirectMap memory = default;
        for (int i = 0; i < iterations; i++) FrameBytes.Copy(memory.Pointer(s_second.Start), memory.Pointer(s_first.Start));
    }

    private static void TakeTwoFrames()
    {
        bool areTaken = KernelMemory.Frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out s_first)
            && KernelMemory.Frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out s_second);
        KernelAssert.That(areTaken, "MemoryFigures: no memory");
    }

    private static void GiveTwoBack()
    {
        KernelMemory.Frames.Free(s_first, Order.Zero);
        KernelMemory.Frames.Free(s_second, Order.Zero);
    }

    private static void TakeEverySecondFrame()
    {
        while (KernelMemory.Frames.TryAllocate(Order.Zero, FrameOwner.Cache, out _))
        {
        }

        FreeThose(oddOnly: 1);
    }

    private static void GiveBack() => FreeThose(oddOnly: 0);

    /// <summary>Frees the frames that were taken, or those with an odd number; nobody else's owner is Cache while a figure runs.</summary>
    private static void FreeThose(ulong oddOnly)
    {
        for (int i = 0; i < KernelMemory.Frames.ZoneCount; i++)
        {
            FrameRange span = KernelMemory.Frames.ZoneAt(i).Span;
            for (FrameNumber frame = span.Start; frame < span.End; frame += 1)
            {
                bool isMeant = (frame.Value & oddOnly) == oddOnly && KernelMemory.Frames.OwnerOf(frame) == FrameOwner.Cache;
                if (isMeant) KernelMemory.Frames.Free(frame, Order.Zero);
            }
        }
    }
}
