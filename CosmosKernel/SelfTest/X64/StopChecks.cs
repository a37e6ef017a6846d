using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>Processors stand still when another wants it, whatever they do, and give back what they keep.</summary>
internal static unsafe class StopChecks
{
    private const int StopRounds = 200;
    private const int StopsEach = 50;
    private const uint ShortLimitMilliseconds = 20;
    private const ulong StandNanoseconds = 20_000;
    private const ulong DeafNanoseconds = 100_000_000;

    // A processor's own line each.
    private const int LineWords = 16;
    private static int[] s_steps = [];

    private static int s_ready;
    private static int s_isOver;
    private static int s_inside;
    private static int s_stops;
    private static int s_failures;
    private static int s_drains;
    private static bool s_isRegistered;

    internal static void AddTo(SelfTestSuite suite)
    {
        suite.Add("processors.all stand still while one says so", Stop);
        suite.Add("processors.of several that stop the others one does it at a time", Contend);
        suite.Add("processors.one that masks interrupts is named, and the others go on", Deaf);
        suite.Add("processors.each gives back what it keeps where it is idle", Drain);
    }

    private static void Stop(CheckRecorder recorder)
    {
        Reset();
        s_steps = new int[CrossCalls.Count * LineWords];
        int others = ProcessorWork.Start(&Step, recorder);
        ProcessorWork.AwaitCount(ref s_ready, others, recorder);
        int moved = 0;
        for (int round = 0; round < StopRounds; round++)
        {
            bool wereOn = Cpu.DisableInterrupts();
            StopOutcome outcome = SafePoints.TryStopOthers(out CpuId stuck);
            if (outcome == StopOutcome.Stopped)
            {
                int before = Sum();
                Clock.Delay(StandNanoseconds);
                if (Sum() != before) moved++;
                SafePoints.Release();
            }

            Cpu.RestoreInterrupts(wereOn);
            recorder.Equal((long)StopOutcome.Stopped, (long)outcome, "the outcome, " + stuck.ToString());
        }

        int last = Sum();
        ulong start = Clock.Nanoseconds;
        while (others != 0 && Sum() == last && Clock.Nanoseconds - start < DeafNanoseconds) Cpu.Pause();
        recorder.Expect(others == 0 || Sum() != last, "they do not go on");
        Volatile.Write(ref s_isOver, 1);
        ProcessorWork.Await(recorder);
        recorder.Equal(0, moved, "times that something went on");
    }

    private static void Step(CosmosAddress number)
    {
        Interlocked.Increment(ref s_ready);
        ref int steps = ref s_steps[(int)number * LineWords];
        while (Volatile.Read(ref s_isOver) == 0) Volatile.Write(ref steps, steps + 1);
    }

    private static int Sum()
    {
        int sum = 0;
        for (int number = 1; number < CrossCalls.Count; number++) sum += Volatile.Read(ref s_steps[number * LineWords]);
        return sum;
    }

    private static void Contend(CheckRecorder recorder)
    {
        Reset();
        int others = ProcessorWork.Start(&StopInTurn, recorder);
        StopInTurn(0);
        ProcessorWork.Await(recorder);
        recorder.Equal((others + 1) * StopsEach, s_stops, "stops");
        recorder.Equal(0, s_failures, "times that two stood inside, or one was stuck");
    }

    private static void StopInTurn(CosmosAddress number)
    {
        _ = number;
        for (int done = 0; done < StopsEach;)
        {
            bool wereOn = Cpu.DisableInterrupts();
            StopOutcome outcome = SafePoints.TryStopOthers(out _, limitMilliseconds: 10_000);
            if (outcome == StopOutcome.Stopped)
            {
                if (++s_inside != 1) s_failures++;
                s_stops++;
                s_inside--;
                SafePoints.Release();
                done++;
            }
            else if (outcome == StopOutcome.Stuck)
            {
                Interlocked.Increment(ref s_failures);
                done++;
            }

            Cpu.RestoreInterrupts(wereOn);
        }
    }

    private static void Deaf(CheckRecorder recorder)
    {
        CpuId deaf = CpuId.FromTrusted(1);
        if (CrossCalls.Count < 2 || !CrossCalls.IsRunning(deaf)) return;
        Reset();
        recorder.Expect(CrossCalls.TryStartWork(deaf, &SpinMasked, 0), "the processor has work");
        ProcessorWork.AwaitCount(ref s_ready, 1, recorder);
        bool wereOn = Cpu.DisableInterrupts();
        StopOutcome outcome = SafePoints.TryStopOthers(out CpuId stuck, ShortLimitMilliseconds);
        if (outcome == StopOutcome.Stopped) SafePoints.Release();
        Cpu.RestoreInterrupts(wereOn);
        recorder.Equal((long)StopOutcome.Stuck, (long)outcome, "the outcome");
        recorder.Equal(deaf.Value, stuck.Value, "the processor that is named");
        ProcessorWork.Await(recorder);
        recorder.Expect(!SafePoints.IsParked(deaf), "it stands still although it was let go");
    }

    private static void SpinMasked(CosmosAddress ignored)
    {
        _ = ignored;
        bool wereOn = Cpu.DisableInterrupts();
        Interlocked.Increment(ref s_ready);
        ulong start = Clock.Nanoseconds;
        while (Clock.Nanoseconds - start < DeafNanoseconds) Cpu.Pause();
        Cpu.RestoreInterrupts(wereOn);
    }

    private static void Drain(CheckRecorder recorder)
    {
        if (!s_isRegistered) SafePoints.AddDrain(&CountDrain);
        s_isRegistered = true;
        Reset();
        recorder.Expect(SafePoints.TryDrainOthers(limitMilliseconds: 5000), "one that is idle did not give back");
        recorder.Equal(ProcessorWork.CountOthers(), s_drains, "processors that gave back");
        int others = ProcessorWork.Start(&PollUntilOver, recorder);
        ProcessorWork.AwaitCount(ref s_ready, others, recorder);
        recorder.Expect(SafePoints.TryDrainOthers(limitMilliseconds: 5000), "one that polls did not give back");
        Volatile.Write(ref s_isOver, 1);
        ProcessorWork.Await(recorder);
        recorder.Equal(2 * others, s_drains, "processors that gave back twice");
    }

    private static void PollUntilOver(CosmosAddress ignored)
    {
        _ = ignored;
        Interlocked.Increment(ref s_ready);
        while (Volatile.Read(ref s_isOver) == 0) SafePoints.Poll();
    }

    private static void CountDrain() => Interlocked.Increment(ref s_drains);

    private static void Reset()
    {
        s_ready = 0;
        s_isOver = 0;
        s_inside = 0;
        s_stops = 0;
        s_failures = 0;
        s_drains = 0;
    }
}
