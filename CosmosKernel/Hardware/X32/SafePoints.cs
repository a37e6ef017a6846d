using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Where a processor can be stopped or give back what it keeps for itself: with one processor nobody asks.</summary>
public static unsafe class SafePoints
{
    /// <summary>Nothing is asked.</summary>
    public static void Poll()
    {
    }

    /// <summary>Nobody asks for it.</summary>
    public static void AddDrain(delegate*<void> target)
    {
    }

    /// <summary>There are no others.</summary>
    public static bool TryDrainOthers(uint limitMilliseconds = 10) => true;

    /// <summary>There are no others.</summary>
    public static StopOutcome TryStopOthers(out CpuId stuck, uint limitMilliseconds = 1000)
    {
        stuck = default;
        return StopOutcome.Stopped;
    }

    /// <summary>There are no others.</summary>
    public static void Release()
    {
    }
}
