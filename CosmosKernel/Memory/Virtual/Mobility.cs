namespace MemOS.Memory.Virtual;

/// <summary>Whether a range whose size changes may get other addresses.</summary>
public enum Mobility
{
    /// <summary>It stays where it is, or the change is refused.</summary>
    None = 0,

    /// <summary>It goes elsewhere when there is no room where it is (MREMAP_MAYMOVE).</summary>
    Allowed,

    /// <summary>It goes to the wanted address; what was there goes (MREMAP_FIXED).</summary>
    Fixed,
}
