using System.Threading;
using MemOS.Hardware;

namespace MemOS.SelfTest;

/// <summary>What the class library has for several threads, between processors: <c>lock</c>, waits with and without a limit, pulses.</summary>
internal static unsafe class LockChecks
{
    private const int Steps = 500;
    private const int Turns = 120;
    private const int ShortMilliseconds = 20;
    private const int LongMilliseconds = 20_000;

    private static object s_gate = new();
    private static int s_turn;
    private static int s_players;
    private static int s_failures;
    private static int s_ready;
    private static long s_counter;

    internal static void AddTo(SelfTestSuite suite)
    {
        suite.Add("processors.lock lets one in at a time", Exclude);
        suite.Add("processors.a wait for a lock ends with its limit, or with the lock", Limit);
        suite.Add("processors.they take turns by Monitor's waits and pulses", TakeTurns);
    }

    private static void Exclude(CheckRecorder recorder)
    {
        s_gate = new object();
        s_counter = 0;
        int others = ProcessorWork.Start(&CountUp, recorder);
        CountUp(0);
        ProcessorWork.Await(recorder);
        recorder.Equal((others + 1) * Steps, s_counter, "steps counted");
    }

    private static void CountUp(CosmosAddress number)
    {
        _ = number;
        for (int step = 0; step < Steps; step++)
        {
            Monitor.Enter(s_gate);
            long seen = s_counter;
            if (step % 16 == 0) Cpu.Pause();
            s_counter = seen + 1;
            Monitor.Exit(s_gate);
        }
    }

    private static void Limit(CheckRecorder recorder)
    {
        s_gate = new object();
        s_ready = 0;
        s_failures = 0;
        Monitor.Enter(s_gate);
        int others = ProcessorWork.Start(&TryTwice, recorder);
        ProcessorWork.AwaitCount(ref s_ready, others, recorder);
        Monitor.Exit(s_gate);
        ProcessorWork.Await(recorder);
        recorder.Equal(0, s_failures, "waits that ended wrongly");
        recorder.Expect(Monitor.TryEnter(s_gate), "the lock is left behind");
        Monitor.Exit(s_gate);
    }

    private static void TryTwice(CosmosAddress number)
    {
        _ = number;
        if (Monitor.TryEnter(s_gate, ShortMilliseconds)) Interlocked.Increment(ref s_failures);
        Interlocked.Increment(ref s_ready);
        if (Monitor.TryEnter(s_gate, LongMilliseconds)) Monitor.Exit(s_gate);
        else Interlocked.Increment(ref s_failures);
    }

    private static void TakeTurns(CheckRecorder recorder)
    {
        s_gate = new object();
        s_turn = 0;
        s_failures = 0;
        s_players = ProcessorWork.CountOthers() + 1;
        ProcessorWork.Start(&Play, recorder);
        Play(0);
        ProcessorWork.Await(recorder);
        recorder.Equal(Turns / s_players * s_players, s_turn, "turns");
        recorder.Equal(0, s_failures, "waits that ended without a pulse");
    }

    private static void Play(CosmosAddress number)
    {
        for (int turn = 0; turn < Turns / s_players; turn++)
        {
            Monitor.Enter(s_gate);
            while (s_turn % s_players != (int)number)
            {
                if (Monitor.Wait(s_gate, LongMilliseconds)) continue;
                s_failures++;
                break;
            }

            s_turn++;
            Monitor.PulseAll(s_gate);
            Monitor.Exit(s_gate);
        }
    }
}
