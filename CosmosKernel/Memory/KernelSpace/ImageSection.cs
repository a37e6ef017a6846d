namespace MemOS.Memory.KernelSpace;

/// <summary>What a part of the kernel image is for.</summary>
public enum ImageSection
{
    /// <summary>Code: read and executed.</summary>
    Code = 0,

    /// <summary>Constants: read.</summary>
    Constants,

    /// <summary>Variables: read and written.</summary>
    Data,
}
