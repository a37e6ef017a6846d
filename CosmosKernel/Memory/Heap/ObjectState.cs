namespace MemOS.Memory.Heap;

/// <summary>The states of an object of a slab, a byte each: constants, because the fast paths store them through pointers.</summary>
internal static class ObjectState
{
    /// <summary>In its slab.</summary>
    internal const byte Free = 0;

    /// <summary>In a magazine: neither the slab's nor a caller's.</summary>
    internal const byte Cached = 1;

    /// <summary>A caller's.</summary>
    internal const byte Live = 2;

    /// <summary>Only while magazines are being validated: cached, and met once.</summary>
    internal const byte CachedAndSeen = 3;

    /// <summary>Only during a collection: Live, and reached. The bit that tells it from Live is <see cref="Reached"/>.</summary>
    internal const byte Black = Live | Reached;

    /// <summary>Only during a collection: reached, but what it refers to still has to be looked at.</summary>
    internal const byte Grey = Black | Pending;

    /// <summary>The bit of everything that a collection has reached.</summary>
    internal const byte Reached = 4;

    /// <summary>The bit of <see cref="Grey"/>.</summary>
    internal const byte Pending = 8;
}
