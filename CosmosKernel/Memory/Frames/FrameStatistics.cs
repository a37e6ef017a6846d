namespace MemOS.Memory.Frames;

/// <summary>Where the frames are: Total = Free + Used + Reserved, and Used is the sum over the owners.</summary>
public readonly struct FrameStatistics
{
    internal FrameStatistics(ulong total, ulong managed, ulong free, ulong cached, ulong wanted, ulong granted)
    {
        Total = total;
        Managed = managed;
        Free = free;
        Cached = cached;
        Wanted = wanted;
        Granted = granted;
    }

    /// <summary>The whole frames that the firmware's map calls usable.</summary>
    public ulong Total { get; }

    /// <summary>The frames that the allocators have, free and used.</summary>
    public ulong Managed { get; }

    /// <summary>The frames that can be allocated, those in caches included.</summary>
    public ulong Free { get; }

    /// <summary>The free frames that the CPUs' caches have.</summary>
    public ulong Cached { get; }

    /// <summary>The frames, since the start, that blocks were taken for (<see cref="PhysicalMemory{TMemory, TProcessor}.TryAllocateFor"/>).</summary>
    public ulong Wanted { get; }

    /// <summary>The frames of those blocks: what they have beyond <see cref="Wanted"/> is internal fragmentation.</summary>
    public ulong Granted { get; }

    /// <summary>The frames that are allocated.</summary>
    public ulong Used => Managed - Free;

    /// <summary>The frames that are never handed out.</summary>
    public ulong Reserved => Total - Managed;
}
