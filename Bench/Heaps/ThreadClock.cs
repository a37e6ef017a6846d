using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Bench.Heaps;

/// <summary>The processor time of the thread that asks: what others do on a busy machine is not in it, but what they leave in the caches is.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>Nanoseconds since the thread began.</summary>
    public static double Nanoseconds
    {
        get
        {
            KernelAssert.That(GetTime(ThreadProcessorTime, out Timespec time) == 0, "ThreadClock: Linux has a clock for each thread");
            return time.Seconds * NanosecondsPerSecond + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
