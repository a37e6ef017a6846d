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
        return TryMilliseconds(time, out long milliseconds) ? WaitFor(process, milliseconds, TimeLimit.Relative) : LinuxError.Invalid;
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

    // There is no clock that knows the date: real time begins at power-on too (clock_gettime(2)).
    private static long Time(Process process, ulong clock, ulong target)
    {
        const ulong ProcessClock = 2;
        const ulong ThreadClock = 3;
        const ulong LastClock = 7; // CLOCK_BOOTTIME
        if (clock > LastClock) return LinuxError.Invalid;
        TimeWords time = TimeWords.OfMilliseconds(clock is ProcessClock or ThreadClock ? (long)process.Ticks : Environment.TickCount64);
        return Store(process, target, in time);
    }

    private static long TimeOfDay(Process process, ulong target)
    {
        TimeWords time = TimeWords.OfMilliseconds(Environment.TickCount64);
        time.Nanoseconds /= 1000;
        return target == 0 ? 0 : Store(process, target, in time);
    }

    private static long Seconds(Process process, ulong target)
    {
        long seconds = Environment.TickCount64 / MillisecondsPerSecond;
        return target != 0 && Store(process, target, in seconds) != 0 ? LinuxError.BadAddress : seconds;
    }

    // alarm: what was left in whole seconds, one at least.
    private static long SetAlarm(Process process, uint seconds)
    {
        long now = Environment.TickCount64;
        long left = process.Alarm.Left(now);
        process.Alarm.Set(now, seconds * MillisecondsPerSecond, 0);
        return (left + MillisecondsPerSecond - 1) / MillisecondsPerSecond;
    }

    // setitimer and getitimer: the timer of real time; those of processor time there are not.
    private static long SetTimer(Process process, ulong which, ulong source, ulong target)
    {
        if (which != 0) return LinuxError.Invalid;
        long now = Environment.TickCount64;
        TimerWords old = new() { Period = MicrosecondWords(process.Alarm.Period), Value = MicrosecondWords(process.Alarm.Left(now)) };
        if (source != 0)
        {
            if (!TryLoad(process, source, out TimerWords wanted)) return LinuxError.BadAddress;
            if (!TryMilliseconds(wanted.Value, out long value) || !TryMilliseconds(wanted.Period, out long period)) return LinuxError.Invalid;
            process.Alarm.Set(now, value, period);
        }

        return target == 0 ? 0 : Store(process, target, in old);
    }

    private static TimeWords MicrosecondWords(long milliseconds)
    {
        TimeWords words = TimeWords.OfMilliseconds(milliseconds);
        words.Nanoseconds /= 1000;
        return words;
    }

    private static bool TryMilliseconds(TimeWords time, out long milliseconds)
    {
        milliseconds = 0;
        if (time.Seconds < 0 || time.Nanoseconds >= MicrosecondsPerSecond) return false;
        time.Nanoseconds *= 1000;
        milliseconds = MillisecondsOf(in time);
        return true;
    }

    private static void StoreRest(Process process, ulong target)
    {
        if (target == 0) return;
        long left = process.WakeTime - Environment.TickCount64;
        TimeWords rest = TimeWords.OfMilliseconds(left < 0 ? 0 : left);
        Store(process, target, in rest);
    }
}
