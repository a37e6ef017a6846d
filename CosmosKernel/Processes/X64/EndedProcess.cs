using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>What is remembered of a process that is gone.</summary>
public sealed class EndedProcess
{
    /// <summary>What there is to remember of <paramref name="process"/>, which has ended.</summary>
    internal EndedProcess(Process process)
    {
        Id = process.Id;
        ParentId = process.ParentId;
        Name = process.Name;
        Status = process.ExitStatus;
        Turns = process.Turns;
        Faults = process.Memory.Faults;
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>The number of the process that made it; 0 for the shell's.</summary>
    public int ParentId { get; }

    /// <summary>What it ran.</summary>
    public string Name { get; }

    /// <summary>How it ended, as <see cref="Process.ExitStatus"/> says it.</summary>
    public int Status { get; }

    /// <summary>How often it was its turn.</summary>
    public ulong Turns { get; }

    /// <summary>How its faults ended.</summary>
    public FaultCounters Faults { get; private set; }
}
