namespace MemOS.SelfTest;

/// <summary>What a worker of <see cref="ProcessorStress"/> has done.</summary>
internal struct ProcessorStressCounts
{
    /// <summary>Steps.</summary>
    internal ulong Operations;

    /// <summary>Frames, blocks and pages that another was given to free.</summary>
    internal ulong HandedOver;

    /// <summary>Collections asked for.</summary>
    internal ulong Collections;

    /// <summary>Copies of address spaces.</summary>
    internal ulong Forks;

    /// <summary>Looks through mappings that another processor changes.</summary>
    internal ulong Looks;

    /// <summary>Those of them that faulted, as they had to.</summary>
    internal ulong Faults;

    /// <summary>Adds what another has done.</summary>
    internal void Add(in ProcessorStressCounts other)
    {
        Operations += other.Operations;
        HandedOver += other.HandedOver;
        Collections += other.Collections;
        Forks += other.Forks;
        Looks += other.Looks;
        Faults += other.Faults;
    }
}
