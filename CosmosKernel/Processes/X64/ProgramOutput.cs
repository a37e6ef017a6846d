using System;
using MemOS.Collections;
using MemOS.Hardware;

namespace MemOS.Processes;

/// <summary>The console, which programs write to from every processor, and the shell from the first one: one text at a time.</summary>
public static class ProgramOutput
{
    private static OpenLock s_lock = new(LockRank.Console);

    /// <summary>How often its lock was taken, and waited for.</summary>
    public static LockStatistics LockStatistics => s_lock.Statistics;

    /// <summary>Writes a text, whole.</summary>
    public static void Write(string text)
    {
        s_lock.Acquire(default(OpenGuard));
        Console.Write(text);
        s_lock.Release(default(OpenGuard));
    }
}
