using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>What page tables say of one virtual address.</summary>
public readonly struct Translation
{
    /// <summary>The physical address that the virtual one stands for.</summary>
    public readonly PhysAddr Address;

    /// <summary>What all levels together allow, and the page's kind of caching.</summary>
    public readonly PageFlags Flags;

    /// <summary>log2 of the page's size.</summary>
    public readonly int PageShift;

    /// <summary>All of it.</summary>
    public Translation(PhysAddr address, PageFlags flags, int pageShift)
    {
        Address = address;
        Flags = flags;
        PageShift = pageShift;
    }

    /// <summary>The page's size.</summary>
    public ulong PageSizeBytes => 1UL << PageShift;

    /// <summary>The physical address where the page starts.</summary>
    public PhysAddr PageStart => Address.AlignDown(PageSizeBytes);
}
