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
}
