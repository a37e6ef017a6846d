using System;

namespace MemOS.Bench.Heaps;

/// <summary>A peer that is ready to replay a trace again and again.</summary>
internal abstract class HeapRun(string peer) : IDisposable
{
    /// <summary>The peer's name.</summary>
    public string Peer { get; } = peer;

    /// <summary>Replays the trace, which frees everything in the end.</summary>
    /// <returns>The processor time of an operation, in nanoseconds.</returns>
    public abstract double Run();

    public abstract void Dispose();
}
