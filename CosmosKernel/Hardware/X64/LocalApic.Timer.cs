using Cosmos.Core;

namespace MemOS.Hardware;

/// <content>The timer (Intel SDM vol. 3A, 11.5.4): a counter that counts down, from a number that it begins with again, at a rate that nobody tells.</content>
public static unsafe partial class LocalApic
{
    private const uint TimerLine = 0x32;
    private const uint InitialCount = 0x38;
    private const uint CurrentCount = 0x39;
    private const uint DivideConfiguration = 0x3E;
    private const uint DivideBy16 = 3;
    private const uint Periodic = 1 << 17;
    private const ulong MeasuredNanoseconds = 10_000_000;
    private const int Looks = 8;

    /// <summary>The steps of each processor's timer in a second; 0 when it does not count, or was not measured.</summary>
    public static ulong TimerFrequency { get; private set; }

    /// <summary>Measures the timer's rate, which is the same on every processor, against the clock. Takes 10 ms; the timer stands then.</summary>
    public static void MeasureTimer() => TimerFrequency = ReadTimerFrequency();

    /// <summary>The steps in a second, by this processor's timer. Takes 10 ms; the timer stands then.</summary>
    public static ulong ReadTimerFrequency()
    {
        bool wereOn = Cpu.DisableInterrupts();
        Write(TimerLine, Masked | TimerVector);
        Write(DivideConfiguration, DivideBy16);
        Write(InitialCount, uint.MaxValue);
        ulong firstTicks = Look(out uint first);
        Clock.Delay(MeasuredNanoseconds);
        ulong lastTicks = Look(out uint last);
        StopTimer();
        Cpu.RestoreInterrupts(wereOn);
        return (first - last) * Clock.Frequency / (lastTicks - firstTicks);
    }

    /// <summary>Has this processor's timer interrupt it so often, by <see cref="TimerVector"/>, until <see cref="StopTimer"/>.</summary>
    internal static void StartTimer(uint perSecond)
    {
        Write(TimerLine, Periodic | TimerVector);
        Write(DivideConfiguration, DivideBy16);
        Write(InitialCount, (uint)(TimerFrequency / perSecond));
    }

    /// <summary>Has this processor's timer stand.</summary>
    internal static void StopTimer()
    {
        Write(TimerLine, Masked | TimerVector);
        Write(InitialCount, 0);
    }

    // The clock and the counter at one moment: of several looks the one that was disturbed least.
    private static ulong Look(out uint count)
    {
        count = 0;
        ulong moment = 0;
        ulong shortest = ulong.MaxValue;
        for (int look = 0; look < Looks; look++)
        {
            ulong before = Clock.Ticks;
            uint read = Read(CurrentCount);
            ulong length = Clock.Ticks - before;
            if (length >= shortest) continue;
            shortest = length;
            count = read;
            moment = before + (length / 2);
        }

        return moment;
    }
}
