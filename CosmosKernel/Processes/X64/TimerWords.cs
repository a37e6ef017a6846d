using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>A timer as programs hand it over: struct itimerval, whose times have microseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerWords
{
    internal TimeWords Period;
    internal TimeWords Value;
}
