namespace MemOS.Memory.Tlb;

/// <summary>What a processor has to forget for a flush of a space.</summary>
internal enum FlushNeed
{
    /// <summary>Nothing: it has not loaded the space, or has forgotten already.</summary>
    Nothing = 0,

    /// <summary>What the flush names.</summary>
    Named,

    /// <summary>All of the space: another flush has not come here yet.</summary>
    Everything,
}
