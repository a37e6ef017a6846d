using System.Runtime.CompilerServices;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Figures of the memory manager's own entries.</summary>
public static unsafe class MemoryFigures
{
    private const int Iterations = 20_000;

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite)
    {
        suite.Add("heap.64.alloc_free", Iterations, HeapBlock);
        suite.Add("frame.order0.alloc_free", Iterations, Frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HeapBlock(int iterations)
    {
        for (int i = 0; i < iterations; i++) KernelMemory.Heap.Free(KernelMemory.Heap.Allocate(64));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Frame(int iterations)
    {
        for (int i = 0; i < iterations; i++)
        {
            KernelMemory.Frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber frame);
            KernelMemory.Frames.Free(frame, Order.Zero);
        }
    }
}
