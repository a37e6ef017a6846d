using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>A page fault of a program, and what became of it.</summary>
public readonly struct FaultRecord
{
    /// <summary>All of it.</summary>
    public FaultRecord(int processId, VirtAddr instruction, VirtAddr target, FaultAccess access, FaultOutcome outcome)
    {
        ProcessId = processId;
        Instruction = instruction;
        Target = target;
        Access = access;
        Outcome = outcome;
    }

    /// <summary>The number of the process.</summary>
    public int ProcessId { get; }

    /// <summary>Where the instruction is that touched the page.</summary>
    public VirtAddr Instruction { get; }

    /// <summary>The byte that it touched.</summary>
    public VirtAddr Target { get; }

    /// <summary>What it wanted of it.</summary>
    public FaultAccess Access { get; }

    /// <summary>What became of it.</summary>
    public FaultOutcome Outcome { get; }
}
