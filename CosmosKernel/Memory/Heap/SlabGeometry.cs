using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>How many pages a slab of a class has, and how many objects fit in.</summary>
/// <remarks>
/// The smallest power of two of pages with at least <see cref="FewestObjects"/> objects and at most 1/8 of it unused at the end;
/// at least 8 KiB, so that the descriptor stays small beside it, and at most <see cref="MostObjects"/> objects.
/// A power of two because that is what a buddy allocator hands out without waste, and aligned to itself.
/// </remarks>
internal readonly struct SlabGeometry
{
    internal const uint FewestObjects = 4;
    internal const uint MostObjects = 512;

    private const uint UsualBytes = 8192;
    private const uint WasteDivisor = 8;

    private SlabGeometry(uint pageCount, uint objectCount, bool hasTail)
    {
        PageCount = pageCount;
        ObjectCount = objectCount;
        HasTail = hasTail;
    }

    internal uint PageCount { get; }

    internal uint ObjectCount { get; }

    /// <summary>Whether bytes are left over after the last object; a pointer there has an index one too high.</summary>
    internal bool HasTail { get; }

    internal static SlabGeometry For(uint objectSizeBytes)
    {
        const uint pageBytes = (uint)PageNumber.SizeBytes;
        uint bytes = pageBytes;
        while (!IsGood(objectSizeBytes, bytes)) bytes *= 2;
        return new SlabGeometry(bytes / pageBytes, bytes / objectSizeBytes, bytes % objectSizeBytes != 0);
    }

    private static bool IsGood(uint objectSizeBytes, uint slabBytes)
    {
        if (slabBytes * 2 / objectSizeBytes > MostObjects) return true;
        return slabBytes >= UsualBytes
            && slabBytes / objectSizeBytes >= FewestObjects
            && slabBytes % objectSizeBytes <= slabBytes / WasteDivisor;
    }
}
