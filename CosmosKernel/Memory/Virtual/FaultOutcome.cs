namespace MemOS.Memory.Virtual;

/// <summary>What became of a fault of a program.</summary>
/// <remarks>Up to <see cref="Spurious"/> the program can go on.</remarks>
public enum FaultOutcome
{
    /// <summary>The page got a frame of zeros of its own.</summary>
    Zeroed = 0,

    /// <summary>A page that was only read stands for the frame of zeros that all share.</summary>
    ZeroPage,

    /// <summary>The page got a copy of a frame that others use too.</summary>
    Copied,

    /// <summary>The frame had no other user left: the page may be written from now on.</summary>
    Reused,

    /// <summary>The page stands for a page of its object, which was there or was filled.</summary>
    Object,

    /// <summary>The page stands for a frame of its device.</summary>
    Device,

    /// <summary>What the area allows now was written into the page's entry.</summary>
    Upgraded,

    /// <summary>Nothing was wrong: the processor remembered something older, or another processor was faster.</summary>
    Spurious,

    /// <summary>No area has the address.</summary>
    NoArea,

    /// <summary>The area does not allow it.</summary>
    Denied,

    /// <summary>The address is a guard's.</summary>
    Guard,

    /// <summary>The stack would grow beyond its limit, or too near to what is below it.</summary>
    StackLimit,

    /// <summary>The page begins behind the end of the file.</summary>
    BeyondFile,

    /// <summary>There is no memory for it.</summary>
    NoMemory,

    /// <summary>The process has as many pages as it may.</summary>
    ResidentLimit,
}
