namespace MemOS.Memory.Virtual;

/// <summary>What a program wanted of a byte.</summary>
public enum FaultAccess
{
    /// <summary>To read it.</summary>
    Read = 0,

    /// <summary>To write it.</summary>
    Write,

    /// <summary>To execute it.</summary>
    Execute,
}
