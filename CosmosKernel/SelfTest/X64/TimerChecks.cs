using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>The timer of each processor that was woken: it ticks as often as it says, and not where there is nothing to do.</summary>
public static unsafe class TimerChecks
{
    private const ulong TickedNanoseconds = 50_000_000;
    private const ulong TickNanoseconds = 1_000_000;
    private const ulong QuietNanoseconds = 20_000_000;
    private const ulong QuietLimitNanoseconds = 2_000_000_000;
    private const ulong LimitNanoseconds = 5_000_000_000;
    private const ulong Deviation = 20; // One part in so many: a host that gives the machine no time disturbs both measurements.
    private const ulong LeastTicks = 5; // Of 50: such a host swallows ticks.

    private static ulong s_frequency;
    private static ulong s_ticks;
    private static ulong s_milliseconds;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite) => suite.Add("processors.each has a timer that ticks while it has something to do", Ticks);

    private static void Ticks(CheckRecorder recorder)
    {
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (!CrossCalls.IsRunning(cpu)) continue;
            recorder.Expect(ProcessorTimer.IsThere, "the timers do not count");
            recorder.Expect(CrossCalls.TryStartWork(cpu, &Count, 0), cpu.ToString() + " has work");
            ulong start = Clock.Nanoseconds;
            while (CrossCalls.HasWork(cpu) && Clock.Nanoseconds - start < LimitNanoseconds) Cpu.Pause();
            recorder.Expect(!CrossCalls.HasWork(cpu), cpu.ToString() + " does not come to an end");
            ulong expected = LocalApic.TimerFrequency;
            bool isRight = s_frequency > expected - (expected / Deviation) && s_frequency < expected + (expected / Deviation);
            recorder.Expect(isRight, cpu.ToString() + " counts " + s_frequency.ToString() + " steps a second");
            bool isOften = s_ticks >= LeastTicks && s_ticks <= s_milliseconds + (s_milliseconds / Deviation) + 1;
            recorder.Expect(isOften, cpu.ToString() + ": " + s_ticks.ToString() + " ticks in " + s_milliseconds.ToString() + " ms");
            recorder.Expect(BecomesQuiet(CrossCalls.AreaOf(cpu)), cpu.ToString() + " ticks though it has nothing to do");
        }
    }

    private static void Count(CosmosAddress ignored)
    {
        _ = ignored;
        ProcessorArea* area = Cpu.CurrentArea();
        if (area->IsTicking == 0) s_frequency = LocalApic.ReadTimerFrequency();
        ProcessorTimer.Begin();
        ulong before = Volatile.Read(ref area->Ticks);
        ulong start = Clock.Nanoseconds;
        while (Clock.Nanoseconds - start < TickedNanoseconds) Cpu.Pause();
        s_ticks = Volatile.Read(ref area->Ticks) - before;
        s_milliseconds = (Clock.Nanoseconds - start) / TickNanoseconds;
    }

    private static bool BecomesQuiet(ProcessorArea* area)
    {
        ulong start = Clock.Nanoseconds;
        while (Clock.Nanoseconds - start < QuietLimitNanoseconds)
        {
            ulong before = Volatile.Read(ref area->Ticks);
            Clock.Delay(QuietNanoseconds);
            if (Volatile.Read(ref area->Ticks) == before) return true;
        }

        return false;
    }
}
