namespace MemOS.Processes;

/// <summary>When a process gets SIGALRM (alarm(2), setitimer(2)), in milliseconds since power-on.</summary>
public struct AlarmClock
{
    private long _time;

    /// <summary>The milliseconds from one signal to the next; 0 when there is one only.</summary>
    public long Period { get; private set; }

    /// <summary>When the next signal comes; 0 when there is none.</summary>
    public readonly long Time => _time;

    /// <summary>Whether there will be a signal.</summary>
    public readonly bool IsSet => _time != 0;

    /// <summary>Sets it; a time of 0 from now stops it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="milliseconds">From now to the first signal.</param>
    /// <param name="period">From one to the next, or 0.</param>
    public void Set(long now, long milliseconds, long period)
    {
        _time = milliseconds == 0 ? 0 : now > long.MaxValue - milliseconds ? long.MaxValue : now + milliseconds;
        Period = milliseconds == 0 ? 0 : period;
    }

    /// <summary>The milliseconds to the next signal, 1 at least; 0 when there is none.</summary>
    public readonly long Left(long now) => _time == 0 ? 0 : _time > now ? _time - now : 1;

    /// <summary>Whether it is time. Signals that were missed are not made up for.</summary>
    public bool TryRing(long now)
    {
        if (_time == 0 || now < _time) return false;
        Set(now, Period, Period);
        return true;
    }
}
