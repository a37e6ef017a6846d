using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>A siginfo_t as programs see it: 128 bytes (sigaction(2); Linux's siginfo.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalInfoData
{
    internal int Number;
    internal int Error;
    internal int Code;
    internal int Padding;
    internal ulong First;
    internal ulong Second;
    internal fixed ulong Rest[12];

    /// <summary>What a program is told of <paramref name="info"/>.</summary>
    internal static SignalInfoData Of(in SignalInfo info) => new() { Number = info.Number, Code = info.Code, First = info.First, Second = info.Second };
}
