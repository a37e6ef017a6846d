using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>A time as programs hand it over: struct timespec of x86-64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeWords
{
    internal long Seconds;
    internal ulong Nanoseconds;

    /// <summary>So many milliseconds.</summary>
    internal static TimeWords OfMilliseconds(long milliseconds) => new() { Seconds = milliseconds / 1000, Nanoseconds = (ulong)(milliseconds % 1000) * 1_000_000 };
}
