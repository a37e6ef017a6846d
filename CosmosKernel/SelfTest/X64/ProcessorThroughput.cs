using System.Globalization;
using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>How often processors run a loop in a second, one alone and several at once, in turns.</summary>
/// <remarks>
/// The best round of each counts: what disturbs a round makes it worse. Only the ratio means something, and only where each processor has one of
/// the host's: a machine in QEMU without icount.
/// </remarks>
internal static unsafe class ProcessorThroughput
{
    private const int Rounds = 3000; // Short ones: on a busy host some of them are not disturbed.
    private const int BatchIterations = 64;
    private const ulong RoundNanoseconds = 400_000;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const ulong WaitNanoseconds = 5_000_000_000;

    private static BenchLoop? s_loop;
    private static int s_ready;
    private static ulong s_start;
    private static ulong s_end;
    private static ulong s_done;

    /// <summary>A second's runs of <paramref name="loop"/>'s iterations, by one processor, by two and by all.</summary>
    internal static string Measure(BenchLoop loop)
    {
        int all = ProcessorWork.CountOthers() + 1;
        if (all == 1) return "one processor runs";
        s_loop = loop;
        ulong one = 0;
        ulong two = 0;
        ulong many = 0;
        for (int round = 0; round < Rounds; round++)
        {
            one = Larger(one, RunOn(1));
            two = Larger(two, RunOn(2));
            if (all > 2) many = Larger(many, RunOn(all));
        }

        s_loop = null;
        string text = "1 processor " + Text(one) + " a second, 2 processors " + Text(two) + ", " + Ratio(two, one);
        return all > 2 ? text + "; " + all.ToString(CultureInfo.InvariantCulture) + " processors " + Text(many) + ", " + Ratio(many, one) : text;
    }

    private static ulong RunOn(int processors)
    {
        s_done = 0;
        s_end = 0;
        s_ready = 0;
        Volatile.Write(ref s_start, 0);
        int started = 0;
        for (int number = 1; number < CrossCalls.Count && started < processors - 1; number++)
        {
            if (CrossCalls.TryStartWork(CpuId.FromTrusted(number), &Work, (CosmosAddress)(uint)number)) started++;
        }

        ulong begin = Clock.Nanoseconds;
        while (Volatile.Read(ref s_ready) != started && Clock.Nanoseconds - begin < WaitNanoseconds) Cpu.Pause();
        Volatile.Write(ref s_start, Clock.Nanoseconds);
        Take(s_loop!);
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            while (CrossCalls.HasWork(CpuId.FromTrusted(number))) Cpu.Pause();
        }

        return s_done * NanosecondsPerSecond / (s_end - s_start);
    }

    private static void Work(CosmosAddress number)
    {
        _ = number;
        BenchLoop loop = s_loop!;
        loop(BatchIterations); // What happens only once is over then.
        Interlocked.Increment(ref s_ready);
        while (Volatile.Read(ref s_start) == 0) Cpu.Pause();
        Take(loop);
    }

    // All begin together, and the last one's end counts: what they did one after the other is not taken for what they did at once.
    private static void Take(BenchLoop loop)
    {
        ulong start = s_start;
        ulong done = 0;
        ulong now;
        do
        {
            loop(BatchIterations);
            done += BatchIterations;
            now = Clock.Nanoseconds;
        }
        while (now - start < RoundNanoseconds);

        Interlocked.Add(ref s_done, done);
        ulong end = Volatile.Read(ref s_end);
        while (end < now)
        {
            ulong seen = Interlocked.CompareExchange(ref s_end, now, end);
            if (seen == end) break;
            end = seen;
        }
    }

    private static ulong Larger(ulong a, ulong b) => a > b ? a : b;

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Ratio(ulong many, ulong one)
    {
        ulong hundredths = one == 0 ? 0 : many * 100 / one;
        return (hundredths / 100).ToString(CultureInfo.InvariantCulture) + "." + (hundredths % 100).ToString("D2", CultureInfo.InvariantCulture) + " times";
    }
}
