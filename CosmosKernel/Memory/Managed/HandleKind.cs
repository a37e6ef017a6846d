namespace MemOS.Memory.Managed;

/// <summary>What a handle does for its target; the numbers are those of System.Runtime.InteropServices.GCHandleType and of the runtime.</summary>
public enum HandleKind
{
    /// <summary>Not handed out.</summary>
    Free = -1,

    /// <summary>Does not keep it, and is cleared before its finalizer runs.</summary>
    Weak = 0,

    /// <summary>Does not keep it, and is cleared when it is gone for good.</summary>
    WeakTrackResurrection = 1,

    /// <summary>Keeps it.</summary>
    Normal = 2,

    /// <summary>Keeps it, and where it is; nothing moves here.</summary>
    Pinned = 3,

    /// <summary>Does not keep it; while it lives, keeps the second object.</summary>
    Dependent = 6,
}
