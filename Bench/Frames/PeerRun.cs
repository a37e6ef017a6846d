using System;

namespace MemOS.Bench.Frames;

/// <summary>A peer that is ready to do one of the operations again and again.</summary>
internal abstract class PeerRun(string peer) : IDisposable
{
    /// <summary>The peer's name.</summary>
    public string Peer { get; } = peer;

    /// <summary>Does the operation <paramref name="count"/> times; the state after is that before.</summary>
    /// <returns>The time that it took, in nanoseconds.</returns>
    public abstract double Run(long count);

    public abstract void Dispose();
}
