using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Pages in a row that are treated alike: what may be done with them and what is behind them.</summary>
public readonly unsafe struct VirtualArea
{
    /// <summary>All of it.</summary>
    /// <param name="pages">Which pages; not empty.</param>
    /// <param name="kind">Where they come from.</param>
    /// <param name="access">What may be done with them.</param>
    /// <param name="backing">The object that <paramref name="kind"/> speaks of; null for those that have none.</param>
    /// <param name="offset">The object's page, or the device's frame, that the first page stands for.</param>
    public VirtualArea(PageRange pages, AreaKind kind, AreaAccess access, MemoryObject* backing, ulong offset)
    {
        Pages = pages;
        Kind = kind;
        Access = access;
        Backing = backing;
        Offset = offset;
    }

    /// <summary>An area with nothing behind it but zeros.</summary>
    public VirtualArea(PageRange pages, AreaKind kind, AreaAccess access)
        : this(pages, kind, access, null, 0)
    {
    }

    /// <summary>Which pages.</summary>
    public PageRange Pages { get; }

    /// <summary>Where they come from.</summary>
    public AreaKind Kind { get; }

    /// <summary>What may be done with them.</summary>
    public AreaAccess Access { get; }

    /// <summary>The object behind it, or null.</summary>
    public MemoryObject* Backing { get; }

    /// <summary>The object's page, or the device's frame, that the first page stands for.</summary>
    public ulong Offset { get; }

    /// <summary>Whether a page that is written becomes the process's own.</summary>
    public bool IsPrivate => Kind <= AreaKind.FilePrivate;

    /// <summary>Whether what is behind the pages goes on from page to page, so that <see cref="Offset"/> counts.</summary>
    private bool HasOffset => Backing != null || Kind == AreaKind.Device;

    /// <summary>The object's page, or the device's frame, that <paramref name="page"/> of the area stands for.</summary>
    public ulong OffsetOf(PageNumber page) => Offset + (page - Pages.Start);

    /// <summary>The part of it that lies in <paramref name="pages"/>, which begins in it or before it.</summary>
    public VirtualArea Within(PageRange pages)
    {
        PageRange part = Pages.Intersect(pages);
        return new VirtualArea(part, Kind, Access, Backing, HasOffset ? OffsetOf(part.Start) : 0);
    }

    /// <summary>The same with another access.</summary>
    public VirtualArea With(AreaAccess access) => new(Pages, Kind, access, Backing, Offset);

    /// <summary>The same pages' content elsewhere, or more or fewer of them.</summary>
    public VirtualArea At(PageRange pages) => new(pages, Kind, Access, Backing, Offset);

    /// <summary>Whether <paramref name="next"/> goes on where it ends, in the same way, so that the two can be one.</summary>
    /// <remarks>Stacks stay apart: what is below one is its room to grow.</remarks>
    public bool Continues(in VirtualArea next) =>
        Pages.End == next.Pages.Start && Kind == next.Kind && Access == next.Access && Backing == next.Backing
        && Kind != AreaKind.Stack && (!HasOffset || Offset + Pages.Count == next.Offset);
}
