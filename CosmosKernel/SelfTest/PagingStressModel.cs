using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>What a stress of mappings has mapped: regions of 2 MiB, each one large page, or a few of its small ones, or nothing.</summary>
/// <remarks>A place is a small page that the stress uses; a region has eight, four at each end.</remarks>
public sealed class PagingStressModel
{
    /// <summary>The small pages of a region that are used.</summary>
    public const int PlacesPerRegion = 8;

    private const int PagesPerRegion = 512;
    private const int Nothing = -1;

    private readonly VirtAddr[] _regions;

    // The frame behind each place, counted from the block's first one; behind the first place of a region, when it is a large page, 0.
    private readonly int[] _frames;
    private readonly PageFlags[] _flags;
    private readonly bool[] _isLarge;

    /// <summary>Nothing mapped.</summary>
    /// <param name="regions">Where the regions start.</param>
    public PagingStressModel(VirtAddr[] regions)
    {
        _regions = regions;
        _frames = new int[regions.Length * PlacesPerRegion];
        _flags = new PageFlags[_frames.Length];
        _isLarge = new bool[regions.Length];
        for (int region = 0; region < regions.Length; region++) Clear(region);
    }

    /// <summary>The number of regions.</summary>
    public int RegionCount => _regions.Length;

    /// <summary>The number of places.</summary>
    public int PlaceCount => _frames.Length;

    /// <summary>Where a region starts.</summary>
    public VirtAddr Region(int region) => _regions[region];

    /// <summary>Where a place starts.</summary>
    public VirtAddr AddressOf(int place) => _regions[place / PlacesPerRegion] + (PageInRegion(place) * PageNumber.SizeBytes);

    /// <summary>What the place's page allows.</summary>
    public PageFlags FlagsOf(int place) => _flags[PlaceOfPage(place)];

    /// <summary>Whether the place lies in a large page.</summary>
    public bool IsLarge(int place) => _isLarge[place / PlacesPerRegion];

    /// <summary>Which of the block's frames lies behind a place; false when none does.</summary>
    public bool TryFrame(int place, out int frameIndex)
    {
        frameIndex = IsLarge(place) ? (int)PageInRegion(place) : _frames[place];
        return frameIndex != Nothing;
    }

    /// <summary>How mapping a page at a place, or at a region's first place a large one, must end; the model has it then.</summary>
    public PagingResult Map(int place, int frameIndex, PageFlags flags)
    {
        if (AreWritableAndExecutable(flags)) return PagingResult.WritableAndExecutable;
        if (TryFrame(place, out _)) return PagingResult.AlreadyMapped;
        _frames[place] = frameIndex;
        _flags[place] = flags;
        return PagingResult.Ok;
    }

    /// <summary>The same for all of a region as one page.</summary>
    public PagingResult MapLarge(int region, PageFlags flags)
    {
        if (AreWritableAndExecutable(flags)) return PagingResult.WritableAndExecutable;
        int first = region * PlacesPerRegion;
        for (int place = first; place < first + PlacesPerRegion; place++)
        {
            if (TryFrame(place, out _)) return PagingResult.AlreadyMapped;
        }

        _isLarge[region] = true;
        _flags[first] = flags;
        return PagingResult.Ok;
    }

    /// <summary>How unmapping what starts at a place must end.</summary>
    public PagingResult Unmap(int place)
    {
        PagingResult result = Find(place);
        if (result != PagingResult.Ok) return result;
        _isLarge[place / PlacesPerRegion] = false;
        _frames[place] = Nothing;
        return result;
    }

    /// <summary>How giving what starts at a place other rights must end.</summary>
    public PagingResult Protect(int place, PageFlags flags)
    {
        if (AreWritableAndExecutable(flags)) return PagingResult.WritableAndExecutable;
        PagingResult result = Find(place);
        if (result == PagingResult.Ok) _flags[place] = flags;
        return result;
    }

    /// <summary>Nothing is mapped in a region any more.</summary>
    public void Clear(int region)
    {
        _isLarge[region] = false;
        for (int i = 0; i < PlacesPerRegion; i++) _frames[(region * PlacesPerRegion) + i] = Nothing;
    }

    private PagingResult Find(int place)
    {
        if (!TryFrame(place, out _)) return PagingResult.NotMapped;
        return PlaceOfPage(place) == place ? PagingResult.Ok : PagingResult.InsideLargePage;
    }

    private int PlaceOfPage(int place) => IsLarge(place) ? place - (place % PlacesPerRegion) : place;

    private static ulong PageInRegion(int place)
    {
        int index = place % PlacesPerRegion;
        return (ulong)(index < PlacesPerRegion / 2 ? index : PagesPerRegion - PlacesPerRegion + index);
    }

    private static bool AreWritableAndExecutable(PageFlags flags) =>
        (flags & (PageFlags.Writable | PageFlags.Executable)) == (PageFlags.Writable | PageFlags.Executable);
}
