using System.Runtime;
using Cosmos.Core;

namespace Kit.Runtime.Platform;

/// <summary>The clock under the names that CoreLib, compiled for Windows, imports.</summary>
internal static unsafe class TimeImports
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    [RuntimeExport("QueryPerformanceCounter")]
    private static int QueryPerformanceCounter(long* count)
    {
        *count = (long)Clock.Ticks;
        return 1;
    }

    [RuntimeExport("QueryPerformanceFrequency")]
    private static int QueryPerformanceFrequency(long* frequency)
    {
        *frequency = (long)Clock.Frequency;
        return 1;
    }

    [RuntimeExport("GetTickCount64")]
    private static ulong GetTickCount64()
    {
        return Clock.Nanoseconds / NanosecondsPerMillisecond;
    }
}
