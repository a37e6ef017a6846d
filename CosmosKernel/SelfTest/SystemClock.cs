using System;

namespace MemOS.SelfTest;

/// <summary>The machine's clock.</summary>
public sealed class SystemClock : IWallClock
{
    private readonly DateTime _start = DateTime.UtcNow;

    /// <inheritdoc/>
    public ulong Milliseconds => (ulong)((DateTime.UtcNow - _start).Ticks / TimeSpan.TicksPerMillisecond);
}
