namespace MemOS.Shell;

/// <summary>What <c>trace frames</c> switches.</summary>
public interface IFrameTracing
{
    /// <summary>Whether allocations and frees are written down.</summary>
    bool IsOn { get; }

    /// <summary>The allocations written since it was switched on.</summary>
    ulong Allocations { get; }

    /// <summary>The frees written since it was switched on.</summary>
    ulong Frees { get; }

    /// <summary>The bytes that the line did not take since it was switched on.</summary>
    ulong LostBytes { get; }

    /// <summary>Switches it on; false when the machine has no line for it.</summary>
    bool TryStart();

    /// <summary>Switches it off.</summary>
    void Stop();
}
