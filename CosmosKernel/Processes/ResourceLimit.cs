using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>A limit as programs hand it over: struct rlimit64 (getrlimit(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ResourceLimit
{
    /// <summary>Both.</summary>
    public ResourceLimit(ulong soft, ulong hard)
    {
        Soft = soft;
        Hard = hard;
    }

    /// <summary>No limit.</summary>
    public static ResourceLimit None => new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>What holds.</summary>
    public ulong Soft { get; }

    /// <summary>What it may be raised to.</summary>
    public ulong Hard { get; }
}
