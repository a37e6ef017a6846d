using System;
using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Threads of the class library, run by all processors.</summary>
internal static unsafe class ThreadChecks
{
    private const int ThreadCount = 8;
    private const int Rounds = 60;
    private const int CollectPeriod = 20;
    private const int ListLength = 40;
    private const int ShortMilliseconds = 20;
    private const ulong ComingLimitNanoseconds = 10_000_000_000;

    private static object s_gate = new();
    private static int s_failures;
    private static int s_turn;
    private static long s_counter;
    private static ulong s_processors;

    [ThreadStatic]
    private static int[]? t_numbers;

    internal static void AddTo(SelfTestSuite suite)
    {
        suite.Add("threads.each runs to its end, with statics, exceptions and objects of its own", RunAll);
        suite.Add("threads.they take turns by waits and pulses, more threads than processors", TakeTurns);
        suite.Add("threads.a join with a limit ends before a thread that sleeps longer", JoinWithLimit);
        suite.Add("threads.what they had is given back", GiveBack);
    }

    private static void RunAll(CheckRecorder recorder)
    {
        s_failures = 0;
        s_counter = 0;
        s_processors = 0;
        t_numbers = null;
        Thread[] threads = StartAll(number => Work(number));
        foreach (Thread thread in threads) thread.Join();
        recorder.Equal(0, s_failures, "what was not as it had been");
        recorder.Equal(ThreadCount * Rounds, s_counter, "steps counted");
        recorder.Expect(t_numbers is null, "a thread has written another's statics");
        recorder.Expect(ProcessorWork.CountOthers() == 0 || !IsOne(s_processors), "one processor has run all of them");
    }

    private static Thread[] StartAll(Action<int> work)
    {
        Thread[] threads = new Thread[ThreadCount];
        for (int i = 0; i < ThreadCount; i++)
        {
            int number = i;
            threads[i] = new Thread(() => work(number));
            threads[i].Start();
        }

        return threads;
    }

    private static void Work(int number)
    {
        int id = Environment.CurrentManagedThreadId;
        int[] numbers = new int[ListLength];
        Expect(t_numbers is null);
        t_numbers = numbers;
        for (int round = 0; round < Rounds; round++)
        {
            numbers[round % ListLength] = round;
            Interlocked.Or(ref s_processors, 1UL << CrossCalls.Current.Value);
            Monitor.Enter(s_gate);
            long seen = s_counter;
            if (round % 8 == 0) Thread.Yield();
            s_counter = seen + 1;
            Monitor.Exit(s_gate);
            if (round % CollectPeriod == number) GC.Collect();
            try
            {
                Throw(number, round % 5);
                Expect(false);
            }
            catch (Exception exception)
            {
                Expect(exception.Message == number.ToString());
            }

            Expect(t_numbers == numbers && numbers[round % ListLength] == round && Environment.CurrentManagedThreadId == id);
        }

        AwaitAnother();
    }

    // Another processor may take a moment to come; a thread that does not give way leaves those that wait to it.
    private static void AwaitAnother()
    {
        ulong start = Clock.Nanoseconds;
        while (ProcessorWork.CountOthers() != 0 && IsOne(Volatile.Read(ref s_processors)) && Clock.Nanoseconds - start < ComingLimitNanoseconds) Cpu.Pause();
    }

    private static bool IsOne(ulong processors) => (processors & (processors - 1)) == 0;

    private static void Throw(int number, int depth)
    {
        Thread.Yield();
        if (depth == 0) throw new InvalidOperationException(number.ToString());
        Throw(number, depth - 1);
    }

    private static void TakeTurns(CheckRecorder recorder)
    {
        s_failures = 0;
        s_turn = 0;
        s_gate = new object();
        foreach (Thread thread in StartAll(number => Play(number))) thread.Join();
        recorder.Equal(ThreadCount * 10, s_turn, "turns");
        recorder.Equal(0, s_failures, "waits that ended without a pulse");
    }

    private static void Play(int number)
    {
        for (int turn = 0; turn < 10; turn++)
        {
            Monitor.Enter(s_gate);
            while (s_turn % ThreadCount != number) Expect(Monitor.Wait(s_gate, 60_000));
            s_turn++;
            Monitor.PulseAll(s_gate);
            Monitor.Exit(s_gate);
        }
    }

    private static void JoinWithLimit(CheckRecorder recorder)
    {
        Thread thread = new(() => Thread.Sleep(10 * ShortMilliseconds));
        thread.Start();
        recorder.Expect(!thread.Join(ShortMilliseconds), "the thread ended early, or the join late");
        thread.Join();
        recorder.Expect(!thread.IsAlive, "it lives after its end");
    }

    private static void GiveBack(CheckRecorder recorder)
    {
        s_counter = 0;
        for (int round = 0; round < 5; round++)
        {
            foreach (Thread thread in StartAll(_ => Interlocked.Increment(ref s_counter))) thread.Join();
        }

        recorder.Equal(5 * ThreadCount, s_counter, "threads that ran");
        recorder.Equal(0, KernelThreads.CountLive(), "threads left");
    }

    private static void Expect(bool isSo)
    {
        if (!isSo) Interlocked.Increment(ref s_failures);
    }
}
