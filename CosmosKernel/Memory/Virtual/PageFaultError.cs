using System;

namespace MemOS.Memory.Virtual;

/// <summary>The error code of a page fault (Intel SDM vol. 3A, 4.7, figure 4-12).</summary>
[Flags]
public enum PageFaultError : uint
{
    /// <summary>A kernel read of a page that is not present.</summary>
    None = 0,

    /// <summary>The page is present and does not allow the access; without it, it is not present.</summary>
    Protection = 1 << 0,

    /// <summary>A write; without it, a read or a fetch.</summary>
    Write = 1 << 1,

    /// <summary>User code did it; without it, the kernel.</summary>
    User = 1 << 2,

    /// <summary>An entry has a bit set that must be 0.</summary>
    ReservedBit = 1 << 3,

    /// <summary>An instruction was to be fetched.</summary>
    Fetch = 1 << 4,

    /// <summary>A protection key does not allow it.</summary>
    ProtectionKey = 1 << 5,

    /// <summary>A shadow stack was accessed.</summary>
    ShadowStack = 1 << 6,

    /// <summary>The page is not one of the enclave's.</summary>
    Enclave = 1 << 15,
}
