using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Figures of flushes that all processors take part in: each has the space loaded and waits for interrupts.</summary>
/// <remarks>
/// A machine that counts instructions runs its processors in turn and counts them all together: the figure has the handlers of those that are asked,
/// and what the asker does while it waits. With one processor there are none.
/// </remarks>
public static unsafe class ShootdownFigures
{
    private const int Iterations = 200;

    private static SpaceTag s_tag = new(ulong.MaxValue - 1);
    private static int s_present;
    private static int s_hasEnded;

    private static VirtAddr Start => VirtAddr.FromTrusted(1UL << 30);

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite)
    {
        if (Processors.Wanted < 2) return;
        suite.Add(new BenchFigure("tlb.shootdown.1page", Iterations, OnePage, Begin, End));
        suite.Add(new BenchFigure("tlb.shootdown.8page", Iterations, EightPages, Begin, End));
        suite.Add(new BenchFigure("tlb.shootdown.64page", Iterations, ManyPages, Begin, End));
        suite.Add(new BenchFigure("tlb.shootdown.512page", Iterations, MostPages, Begin, End));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OnePage(int iterations)
    {
        for (int i = 0; i < iterations; i++) Flush(1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EightPages(int iterations)
    {
        for (int i = 0; i < iterations; i++) Flush(8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ManyPages(int iterations)
    {
        for (int i = 0; i < iterations; i++) Flush(64);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MostPages(int iterations)
    {
        for (int i = 0; i < iterations; i++) Flush(512);
    }

    private static void Flush(ulong pages) =>
        default(MachineTlb).Flush(ref s_tag, PendingFlush.Pages(Start, pages, PageNumber.Shift, FlushScope.AddressSpace));

    private static void Begin()
    {
        s_present = 0;
        s_hasEnded = 0;
        var recorder = new CheckRecorder();
        int others = ProcessorWork.Start(&Attend, recorder);
        ProcessorWork.AwaitCount(ref s_present, others, recorder);
        KernelAssert.That(recorder.Failure == null, "ShootdownFigures: a processor does not come");
        Load();
    }

    private static void End()
    {
        Volatile.Write(ref s_hasEnded, 1);
        bool areAwake = CrossCalls.TryCall(CpuSet.FirstOnes(CrossCalls.Count), &DoNothing, 0, out _);
        KernelAssert.That(areAwake, "ShootdownFigures: a processor does not answer");
        ProcessorWork.Await(new CheckRecorder());
        KernelMemory.Space.Load();
    }

    private static void Attend(CosmosAddress ignored)
    {
        _ = ignored;
        bool wereOn = Cpu.DisableInterrupts();
        Load();
        Interlocked.Increment(ref s_present);
        while (Volatile.Read(ref s_hasEnded) == 0)
        {
            Cpu.WaitForInterrupt();
            Cpu.DisableInterrupts();
        }

        KernelMemory.Space.Load();
        Cpu.RestoreInterrupts(wereOn);
    }

    private static void Load()
    {
        bool wereOn = Cpu.DisableInterrupts();
        default(MachineTlb).Switch(KernelMemory.Space.Root, ref s_tag);
        Cpu.RestoreInterrupts(wereOn);
    }

    private static void DoNothing(CosmosAddress ignored) => _ = ignored;
}
