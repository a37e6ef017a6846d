using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>Has the other processors do something for a check, all at once, and waits for them.</summary>
internal static unsafe class ProcessorWork
{
    private const ulong LimitNanoseconds = 60_000_000_000;

    /// <summary>Starts <paramref name="target"/> on each other processor that runs, with its number; returns how many those are.</summary>
    internal static int Start(delegate*<CosmosAddress, void> target, CheckRecorder recorder)
    {
        int started = 0;
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (!CrossCalls.IsRunning(cpu)) continue;
            bool isStarted = CrossCalls.TryStartWork(cpu, target, (CosmosAddress)(uint)number);
            recorder.Expect(isStarted, cpu.ToString() + " has work");
            if (isStarted) started++;
        }

        return started;
    }

    /// <summary>How many other processors run.</summary>
    internal static int CountOthers()
    {
        int count = 0;
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            if (CrossCalls.IsRunning(CpuId.FromTrusted(number))) count++;
        }

        return count;
    }

    /// <summary>Waits until none has work any more.</summary>
    internal static void Await(CheckRecorder recorder)
    {
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            ulong start = Clock.Nanoseconds;
            while (CrossCalls.HasWork(cpu) && Clock.Nanoseconds - start < LimitNanoseconds) Cpu.Pause();
            recorder.Expect(!CrossCalls.HasWork(cpu), cpu.ToString() + " does not come to an end");
        }
    }

    /// <summary>Waits until <paramref name="counter"/> is <paramref name="count"/>.</summary>
    internal static void AwaitCount(ref int counter, int count, CheckRecorder recorder)
    {
        ulong start = Clock.Nanoseconds;
        while (Volatile.Read(ref counter) != count && Clock.Nanoseconds - start < LimitNanoseconds) Cpu.Pause();
        recorder.Equal(count, Volatile.Read(ref counter), "processors that came");
    }
}
