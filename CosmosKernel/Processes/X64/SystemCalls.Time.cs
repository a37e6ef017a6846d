using System;

namespace MemOS.Processes;

/// <content>Waiting for a time. Time is told in milliseconds since power-on.</content>
public sealed unsafe partial class SystemCalls
{
    private const ulong AbsoluteTime = 1; // TIMER_ABSTIME
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const ulong MicrosecondsPerSecond = 1_000_000;
    private const long MillisecondsPerSecond = 1000;

    private enum TimeLimit
    {
        Relative = 0,
        Absolute,
    }

    // The call is made again until it is time; the process notes when that is. 0 when it is.
    private static long WaitUntil(Process process, ulong request, TimeLimit kind)
    {
        if (!TryLoad(process, request, out TimeWords time)) return LinuxError.BadAddress;
        if (time.Seconds < 0 || time.Nanoseconds >= NanosecondsPerSecond) return LinuxError.Invalid;
        return WaitFor(process, MillisecondsOf(in time), kind);
    }

    // struct timeval: microseconds.
    private static long WaitForTimeValue(Process process, ulong request)
    {
        if (!TryLoad(process, request, out TimeWords time)) return LinuxError.BadAddress;
        if (time.Seconds < 0 || time.Nanoseconds >= MicrosecondsPerSecond) return LinuxError.Invalid;
        time.Nanoseconds *= 1000;
        return WaitFor(process, MillisecondsOf(in time), TimeLimit.Relative);
    }

    private static long WaitFor(Process process, long milliseconds, TimeLimit kind)
    {
        long now = Environment.TickCount64;
        if (process.WakeTime == 0)
        {
            long wake = kind == TimeLimit.Absolute ? milliseconds : now > long.MaxValue - milliseconds ? long.MaxValue : now + milliseconds;
            process.WakeTime = wake == 0 ? 1 : wake;
        }

        if (now < process.WakeTime) return Wait;
        process.WakeTime = 0;
        return 0;
    }

    // Rounded up: nobody wakes too early. More than there is is for ever.
    private static long MillisecondsOf(in TimeWords time)
    {
        const long Most = long.MaxValue / MillisecondsPerSecond - 1;
        if (time.Seconds > Most) return long.MaxValue;
        return (time.Seconds * MillisecondsPerSecond) + (((long)time.Nanoseconds + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond);
    }

    private static void StoreRest(Process process, ulong target)
    {
        if (target == 0) return;
        long left = process.WakeTime - Environment.TickCount64;
        TimeWords rest = TimeWords.OfMilliseconds(left < 0 ? 0 : left);
        Store(process, target, in rest);
    }
}
