namespace MemOS.Shell;

/// <summary>What <c>trace</c> switches: one kind of trace.</summary>
public interface ITracing
{
    /// <summary>The kind, as the command takes it.</summary>
    string Name { get; }

    /// <summary>Whether it is written down.</summary>
    bool IsOn { get; }

    /// <summary>What was written since it was switched on, for people.</summary>
    string Written { get; }

    /// <summary>The bytes that the line did not take since it was switched on.</summary>
    ulong LostBytes { get; }

    /// <summary>Switches it on; why not, when it cannot be.</summary>
    CommandResult Start();

    /// <summary>Switches it off.</summary>
    void Stop();
}
