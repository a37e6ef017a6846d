namespace MemOS.Memory.Tlb;

/// <summary>What one processor asked others to forget, and what it forgot for them. Each of its requests asks each other processor, or skips it.</summary>
public struct TlbCounters
{
    /// <summary>The most pages that count of one request.</summary>
    public const ulong MostPages = 512;

    /// <summary>Flushes that it made while there were other processors.</summary>
    public ulong Requests;

    /// <summary>The pages that they named, <see cref="MostPages"/> at most of each: what lies between two far apart counts as named.</summary>
    public ulong Pages;

    /// <summary>Processors that it interrupted for them.</summary>
    public ulong Interrupts;

    /// <summary>Processors that it asked without an interrupt: another's was still on its way to them.</summary>
    public ulong Merged;

    /// <summary>Processors that it did not ask: they had the space not loaded, or were at rest.</summary>
    public ulong Skipped;

    /// <summary>Requests of others that it carried out.</summary>
    public ulong Served;

    /// <summary>How often it forgot everything at once for them, or all of a space.</summary>
    public ulong FullFlushes;

    /// <summary>How often it forgot everything after a rest, for flushes that had skipped it.</summary>
    public ulong CaughtUp;

    /// <summary>Counts as its own what <paramref name="other"/> counted.</summary>
    public void Add(in TlbCounters other)
    {
        Requests += other.Requests;
        Pages += other.Pages;
        Interrupts += other.Interrupts;
        Merged += other.Merged;
        Skipped += other.Skipped;
        Served += other.Served;
        FullFlushes += other.FullFlushes;
        CaughtUp += other.CaughtUp;
    }
}
