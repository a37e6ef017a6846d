using System;
using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>How many times as much two processors do as one, and all that run, in the same time: the allocators' usual ways, by the clock and in one run.</summary>
/// <remarks>
/// By the clock, so other work around the machine disturbs it: of many short rounds the least time counts, alone and together. Where instructions are
/// counted processors take turns, and it says nothing.
/// </remarks>
internal static unsafe class ProcessorFigures
{
    private const string Heap = "smp.heap.64";
    private const string Frames = "smp.frame.order0";
    private const int Rounds = 300;
    private const int Iterations = 1000;
    private const int Burst = 8;
    private const ulong Hundredths = 100;
    private const ulong LimitNanoseconds = 60_000_000_000;

    private static readonly string[] s_names = { Heap, Frames };

    private static int s_ready;
    private static int s_go;
    private static int s_done;

    /// <summary>Adds the figures to a suite.</summary>
    public static void AddTo(BenchSuite suite) => suite.Add(new BenchProgram(s_names, Run));

    private static CommandResult Run(ITerminal terminal, string wanted)
    {
        if (Processors.RunningCount < 2)
            return wanted.Length == 0 ? CommandResult.Ok : CommandResult.Failed("only one processor runs: boot with more of them");
        if (Heap.StartsWith(wanted, StringComparison.Ordinal) && !TryMeasure(terminal, Heap, &HeapLoop)) return CommandResult.Failed("a processor does not come");
        if (Frames.StartsWith(wanted, StringComparison.Ordinal) && !TryMeasure(terminal, Frames, &FrameLoop)) return CommandResult.Failed("a processor does not come");
        return CommandResult.Ok;
    }

    private static bool TryMeasure(ITerminal terminal, string name, delegate*<CosmosAddress, void> loop)
    {
        if (!TryMeasure(terminal, name + ".2cpus", loop, 2)) return false;
        int all = Processors.RunningCount;
        return all == 2 || TryMeasure(terminal, name + "." + all.ToString() + "cpus", loop, all);
    }

    private static bool TryMeasure(ITerminal terminal, string name, delegate*<CosmosAddress, void> loop, int count)
    {
        ulong alone = ulong.MaxValue;
        ulong together = ulong.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            if (!TryTime(loop, 1, out ulong one) || !TryTime(loop, count, out ulong all)) return false;
            if (one < alone) alone = one;
            if (all < together) together = all;
        }

        string ratio = Text(alone * (ulong)count * Hundredths / together);
        terminal.WriteLine("figure " + name + " " + ratio + " times " + ratio);
        return true;
    }

    /// <summary>Has so many processors, this one among them, run a loop each, all at once; how long until the last is through.</summary>
    private static bool TryTime(delegate*<CosmosAddress, void> loop, int count, out ulong nanoseconds)
    {
        s_ready = 0;
        s_go = 0;
        s_done = 0;
        int started = 1;
        for (int number = 1; number < CrossCalls.Count && started < count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (CrossCalls.IsRunning(cpu) && CrossCalls.TryStartWork(cpu, &RunWhenAllAreReady, (CosmosAddress)loop)) started++;
        }

        bool isReady = Await(ref s_ready, started - 1) && started == count;
        ulong start = Clock.Nanoseconds;
        Volatile.Write(ref s_go, 1);
        if (isReady) loop(0);
        bool isDone = Await(ref s_done, started - 1);
        nanoseconds = Clock.Nanoseconds - start;
        return isReady && isDone && nanoseconds != 0;
    }

    private static void RunWhenAllAreReady(CosmosAddress loop)
    {
        Interlocked.Increment(ref s_ready);
        while (Volatile.Read(ref s_go) == 0) Cpu.Pause();
        ((delegate*<CosmosAddress, void>)loop)(0);
        Interlocked.Increment(ref s_done);
    }

    private static bool Await(ref int counter, int count)
    {
        ulong start = Clock.Nanoseconds;
        while (Volatile.Read(ref counter) != count)
        {
            if (Clock.Nanoseconds - start > LimitNanoseconds) return false;
            Cpu.Pause();
        }

        return true;
    }

    private static void HeapLoop(CosmosAddress unused)
    {
        Pointers blocks = default;
        for (int i = 0; i < Iterations; i++)
        {
            for (int k = 0; k < Burst; k++) blocks.Words[k] = (ulong)KernelMemory.Heap.Allocate(64);
            for (int k = 0; k < Burst; k++) KernelMemory.Heap.Free((void*)blocks.Words[k]);
        }
    }

    private static void FrameLoop(CosmosAddress unused)
    {
        Pointers frames = default;
        for (int i = 0; i < Iterations; i++)
        {
            for (int k = 0; k < Burst; k++)
            {
                KernelMemory.Frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out FrameNumber frame);
                frames.Words[k] = frame.Value;
            }

            for (int k = 0; k < Burst; k++) KernelMemory.Frames.Free(FrameNumber.FromTrusted(frames.Words[k]), Order.Zero);
        }
    }

    private static string Text(ulong hundredths)
    {
        ulong rest = hundredths % Hundredths;
        return (hundredths / Hundredths).ToString() + (rest < 10 ? ".0" : ".") + rest.ToString();
    }

    /// <summary>Room for a burst.</summary>
    private struct Pointers
    {
        internal fixed ulong Words[Burst];
    }
}
