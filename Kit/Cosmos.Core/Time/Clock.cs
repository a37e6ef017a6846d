namespace Cosmos.Core;

/// <summary>Time: the time-stamp counter, measured once against the interval timer, and the date it was then.</summary>
/// <remarks>
/// Started at the first use; needs no interrupts and no objects. On one processor it never runs backwards. A machine whose
/// interval timer stands still is taken to run at 1 GHz.
/// </remarks>
public static class Clock
{
    private const ushort MeasuredSteps = 2386; // 2 ms
    private const int MostRounds = 40;
    private const int AgreeingRounds = 3;
    private const int AgreementShift = 9; // One part in 512.
    private const ulong FallbackFrequency = 1_000_000_000;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const long DateTicksPerSecond = 10_000_000;
    private const long FirstOfJanuary2000 = 630_822_816_000_000_000;

    private static ulong s_frequency;
    private static ulong s_start;
    private static long s_startDate;

    /// <summary>The steps of <see cref="Ticks"/> in a second.</summary>
    public static ulong Frequency
    {
        get
        {
            EnsureStarted();
            return s_frequency;
        }
    }

    /// <summary>The steps since the clock was started.</summary>
    public static ulong Ticks
    {
        get
        {
            EnsureStarted();
            return CPU.GetCPUUptime() - s_start;
        }
    }

    /// <summary>The nanoseconds since the clock was started.</summary>
    public static ulong Nanoseconds
    {
        get
        {
            ulong ticks = Ticks;
            return Convert(ticks, s_frequency, NanosecondsPerSecond);
        }
    }

    /// <summary>The date and time in UTC, in 100 ns ticks since the year 1, as DateTime counts.</summary>
    public static long UtcTicks
    {
        get
        {
            ulong ticks = Ticks;
            return s_startDate + (long)Convert(ticks, s_frequency, (ulong)DateTicksPerSecond);
        }
    }

    /// <summary>Waits, busily.</summary>
    public static void Delay(ulong nanoseconds)
    {
        ulong end = Nanoseconds + nanoseconds;
        while (Nanoseconds < end)
            CPU.Pause();
    }

    /// <summary>Steps of one frequency as steps of another, rounded down; right while neither exceeds 18 GHz.</summary>
    public static ulong Convert(ulong ticks, ulong frequency, ulong toFrequency) =>
        // Whole seconds apart from the rest: the product of the two frequencies fits 64 bits, that of ticks does not.
        ticks / frequency * toFrequency + ticks % frequency * toFrequency / frequency;

    private static void EnsureStarted()
    {
        if (s_frequency == 0)
            Start();
    }

    private static void Start()
    {
        s_startDate = RealTimeClock.TryRead(out RtcRegisters registers) && registers.TryDecode(out long date)
            ? date
            : FirstOfJanuary2000;
        s_start = CPU.GetCPUUptime();
        s_frequency = MeasureFrequency();
    }

    private static ulong MeasureFrequency()
    {
        // What disturbs a round (a firmware's interrupt, a busy host) makes it longer, never shorter, and hardly twice by the same: the
        // shortest is right when others come close to it. On a host that gives the machine no quiet 2 ms the rounds end without that.
        ulong shortest = 0;
        int agreeing = 0;
        for (int i = 0; i < MostRounds && agreeing < AgreeingRounds; i++)
        {
            ulong steps = IntervalTimer.MeasureTimeStamps(MeasuredSteps);
            if (steps == 0) return FallbackFrequency;
            ulong tolerance = steps >> AgreementShift;
            if (shortest == 0 || steps + tolerance < shortest) agreeing = 1;
            else if (steps - tolerance <= shortest) agreeing++;
            if (shortest == 0 || steps < shortest) shortest = steps;
        }

        return shortest * IntervalTimer.Frequency / MeasuredSteps;
    }
}
