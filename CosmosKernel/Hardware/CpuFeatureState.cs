namespace MemOS.Hardware;

/// <summary>What becomes of a feature on the machine that MemOS runs on.</summary>
public enum CpuFeatureState
{
    /// <summary>The processor has not got it.</summary>
    Absent = 0,

    /// <summary>The processor has it, MemOS does not use it.</summary>
    Unused,

    /// <summary>MemOS uses it.</summary>
    Used,
}
