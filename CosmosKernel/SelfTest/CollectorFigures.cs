using System.Runtime.CompilerServices;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The figure of a collection.</summary>
public static class CollectorFigures
{
    private const int Objects = 20_000;

    private static Item? s_live;

    /// <summary>Adds the figure to a suite.</summary>
    public static void AddTo(BenchSuite suite) =>
        suite.Add(new BenchFigure("heap.collect.40000", 1, Collect, MakeLive, Forget, beforeRound: MakeDead));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect(int iterations)
    {
        for (int i = 0; i < iterations; i++) ObjectMemory.TryCollect();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeLive()
    {
        for (int i = 0; i < Objects; i++) s_live = new Item(s_live);
    }

    // Among the live ones, in whose slabs the rounds before left holes, as everywhere in a program.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeDead()
    {
        Item? list = null;
        for (int i = 0; i < Objects; i++) list = new Item(list);
    }

    private static void Forget() => s_live = null;

    private sealed class Item
    {
        public Item(Item? next)
        {
            Next = next;
        }

        public Item? Next { get; }
    }
}
