using System.Runtime.CompilerServices;
using Cosmos.Core.Memory;

namespace MemOS.SelfTest;

/// <summary>Figures of allocation as the kernel's programs see it.</summary>
public static unsafe class ObjectFigures
{
    private const int Iterations = 20_000;

    // Read by nobody: what is stored here cannot be left out.
    internal static object? s_last;

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite)
    {
        suite.Add("heap.new_object", Iterations, NewObject);
        suite.Add("heap.64.alloc_zeroed_free", Iterations, AllocateFree);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NewObject(int iterations)
    {
        for (int i = 0; i < iterations; i++) s_last = new object();
    }

    // Heap.Alloc clears what it gives: the kernel heap's own entry, which does not, is a figure of its own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllocateFree(int iterations)
    {
        for (int i = 0; i < iterations; i++) Heap.Free(Heap.Alloc(64));
    }
}
