namespace MemOS.Memory.Paging;

/// <summary>What the entry of a step of a walk means.</summary>
public enum WalkStepKind
{
    /// <summary>Nothing is mapped here: the walk ends.</summary>
    Absent,

    /// <summary>The next table.</summary>
    Table,

    /// <summary>A page: the walk ends.</summary>
    Page,

    /// <summary>A bit is set that must be 0: the processor faults.</summary>
    Reserved,
}
