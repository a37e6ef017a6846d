namespace MemOS.Shell;

/// <summary>What the shell can do to the machine.</summary>
public interface IMachine
{
    /// <summary>Does <paramref name="action"/>; does not return in a real machine.</summary>
    void Do(MachineAction action);

    /// <summary>Stops the kernel with a report; does not return in a real machine.</summary>
    void Panic(string reason);

    /// <summary>Commits a fault on purpose.</summary>
    void Fault(FaultKind kind);
}
