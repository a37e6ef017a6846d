using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Makes the tables that the kernel runs on, while it still runs on the boot loader's.</summary>
/// <remarks>
/// <para>
/// Steps: <see cref="Begin"/>, the sections of the image, then the memory; the tables are complete then and can be loaded.
/// Stacks and device windows come through <see cref="KernelSpace{TMemory,TFormat,TTables,TFrames,TTlb,TGuard}"/> over the same mapper.
/// </para>
/// <para>
/// What is mapped: the image at its linked addresses, code executable and not writable, constants neither, data writable; and
/// all RAM and ACPI tables in the direct map with the largest pages the machine has, never executable. The frames of code and
/// constants are read-only there too, so no address lets anyone write them. Not mapped: page 0, an identity map, device memory, and
/// anything else. Each window of the layout has its table under the root from the start, which other address spaces can
/// therefore share.
/// </para>
/// <para>The processor finds accessed and dirty set, and need not write tables while the kernel runs.</para>
/// </remarks>
public struct KernelAddressSpaceBuilder<TMemory, TFormat, TTables>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TTables : struct, ITableFrameSource
{
    private const PageFlags Common = PageFlags.Present | PageFlags.Global | PageFlags.Accessed;
    private const PageFlags ReadWrite = Common | PageFlags.Writable | PageFlags.Dirty;

    private readonly TMemory _memory;
    private readonly TTables _tables;
    private readonly int _leafLevels;
    private FrameRange _readOnly;
    private FrameRange _image;
    private PageMapper<TMemory, TFormat, TTables> _mapper;

    /// <summary>A builder for <paramref name="layout"/>; nothing is allocated yet.</summary>
    /// <param name="memory">How the tables are reached.</param>
    /// <param name="tables">Where tables come from.</param>
    /// <param name="layout">Where what goes.</param>
    /// <param name="leafLevels">Bit n set: this machine has the page size of level n.</param>
    public KernelAddressSpaceBuilder(TMemory memory, TTables tables, KernelLayout layout, int leafLevels)
    {
        _memory = memory;
        _tables = tables;
        _leafLevels = leafLevels;
        _readOnly = default;
        _image = default;
        _mapper = default;
        Layout = layout;
    }

    /// <summary>Where what goes.</summary>
    public readonly KernelLayout Layout { get; }

    /// <summary>The mapper of what was built so far.</summary>
    public readonly PageMapper<TMemory, TFormat, TTables> Mapper => _mapper;

    /// <summary>Takes the root, and a table under it for each window.</summary>
    public KernelBuildResult Begin()
    {
        if (!_tables.TryAllocate(out FrameNumber root)) return KernelBuildResult.OutOfTables;
        _mapper = new PageMapper<TMemory, TFormat, TTables>(_memory, _tables, root, _leafLevels, TopTables.Kept);
        bool isComplete = MakeTopTable(Layout.DirectMap) && MakeTopTable(Layout.Heap) && MakeTopTable(Layout.Stacks)
            && MakeTopTable(Layout.Devices) && MakeTopTable(Layout.Image);
        return isComplete ? KernelBuildResult.Ok : KernelBuildResult.OutOfTables;
    }

    /// <summary>
    /// Maps a section of the image, [<paramref name="start"/>, <paramref name="end"/>) at its linked addresses. Sections come upwards
    /// without gaps between them, start on a page, and are followed by what fills their last page.
    /// </summary>
    public KernelBuildResult AddImageSection(VirtAddr start, VirtAddr end, ImageSection section)
    {
        if (start == end) return KernelBuildResult.Ok;
        bool isInWindow = end > start && Layout.Image.Contains(start, end - start) && start.IsPageAligned;
        if (!isInWindow) return KernelBuildResult.SectionMisplaced;
        PhysAddr target = PhysAddr.FromTrusted(start - Layout.Image.Start);
        FrameRange frames = FrameRange.Covering(target, end - start);
        if (!_image.IsEmpty && frames.Start != _image.End) return KernelBuildResult.SectionMisplaced;
        bool isReadOnly = section != ImageSection.Data;
        // Read-only sections come first, in one piece: the direct map leaves that piece read-only.
        if (isReadOnly && _readOnly.Count != _image.Count) return KernelBuildResult.SectionMisplaced;

        // Small pages: what the direct map and guard pages change lies beside them, and an image has few.
        KernelBuildResult result = Map(start, target, frames.SizeBytes, FlagsOf(section), LargePages.Never);
        if (result != KernelBuildResult.Ok) return result;
        _image = Extend(_image, frames);
        if (isReadOnly) _readOnly = Extend(_readOnly, frames);
        return KernelBuildResult.Ok;
    }

    /// <summary>Takes the page at <paramref name="page"/> out of the image's data: the guard below a stack that lies there.</summary>
    public KernelBuildResult AddImageGuard(VirtAddr page)
    {
        PendingFlush flush = _mapper.Unmap(page, out PageEntry<TFormat> unmapped, out PagingResult result);
        if (result != PagingResult.Ok) return KernelBuildResult.SectionMisplaced;
        KernelAssert.That(!flush.IsNone && Layout.Image.Contains(page), "KernelAddressSpaceBuilder: a guard outside the image");
        KernelAssert.That((unmapped.Flags & PageFlags.Writable) != 0, "KernelAddressSpaceBuilder: a guard outside the data");
        // The tables are not loaded yet: there is nothing to forget.
        return KernelBuildResult.Ok;
    }

    /// <summary>Maps all RAM and ACPI tables of <paramref name="map"/> in the direct map; after the image.</summary>
    public KernelBuildResult AddMemory(in MemoryMap map)
    {
        if (!Layout.HasRoomFor(MappedEnd(in map))) return KernelBuildResult.LayoutTooSmall;

        // Neighbours are mapped as one, so that kinds that meet inside a large page, or a frame, do not matter.
        FrameRange run = default;
        int position = 0;
        while (map.TryNext(ref position, out MemoryRange range))
        {
            FrameRange frames = FramesOf(range);
            if (frames.IsEmpty) continue;
            if (!run.IsEmpty && frames.Start <= run.End)
            {
                run = FrameRange.FromBounds(run.Start, frames.End > run.End ? frames.End : run.End);
                continue;
            }

            KernelBuildResult result = AddFrames(run);
            if (result != KernelBuildResult.Ok) return result;
            run = frames;
        }

        return AddFrames(run);
    }

    /// <summary>The address after the last one of <paramref name="map"/> that the direct map has to have room for.</summary>
    public static PhysAddr MappedEnd(in MemoryMap map)
    {
        PhysAddr end = PhysAddr.Zero;
        int position = 0;
        while (map.TryNext(ref position, out MemoryRange range))
        {
            FrameRange frames = FramesOf(range);
            if (!frames.IsEmpty) end = frames.End.Start;
        }

        return end;
    }

    // What of a range is mapped: whole usable frames, each frame with a byte of ACPI tables, nothing else.
    private static FrameRange FramesOf(MemoryRange range)
    {
        switch (range.Kind)
        {
            case MemoryKind.Usable: return range.WholeFrames;
            case MemoryKind.AcpiReclaimable:
            case MemoryKind.AcpiNvs: return FrameRange.Covering(range.Start, range.SizeBytes);
            default: return default;
        }
    }

    private static PageFlags FlagsOf(ImageSection section)
    {
        switch (section)
        {
            case ImageSection.Code: return Common | PageFlags.Executable;
            case ImageSection.Constants: return Common;
            default: return ReadWrite;
        }
    }

    private static FrameRange Extend(FrameRange whole, FrameRange next) =>
        whole.IsEmpty ? next : FrameRange.FromBounds(whole.Start, next.End);

    // The frames of one run of memory: those before the image, its own, those after it.
    private KernelBuildResult AddFrames(FrameRange frames)
    {
        FrameRange special = Layout.ImageIsInDirectMap ? _image : _readOnly;
        if (!frames.Overlaps(special)) return MapDirect(frames, ReadWrite);
        KernelBuildResult result = MapDirect(FrameRange.FromBounds(frames.Start, special.Start), ReadWrite);
        if (result == KernelBuildResult.Ok && !Layout.ImageIsInDirectMap) result = MapDirect(frames.Intersect(special), Common);
        if (result == KernelBuildResult.Ok) result = MapDirect(FrameRange.FromBounds(special.End, frames.End), ReadWrite);
        return result;
    }

    private KernelBuildResult MapDirect(FrameRange frames, PageFlags flags)
    {
        if (frames.IsEmpty) return KernelBuildResult.Ok;
        return Map(Layout.DirectAddress(frames.Start.Start), frames.Start.Start, frames.SizeBytes, flags, LargePages.WhereTheyFit);
    }

    private KernelBuildResult Map(VirtAddr start, PhysAddr target, ulong sizeBytes, PageFlags flags, LargePages largePages)
    {
        PendingFlush flush = _mapper.MapRange(start, target, sizeBytes, flags, largePages, out PagingResult result);
        KernelAssert.That(flush.IsNone || result == PagingResult.Ok, "KernelAddressSpaceBuilder: a failed change wants a flush");
        switch (result)
        {
            case PagingResult.Ok: return KernelBuildResult.Ok;
            case PagingResult.OutOfTables: return KernelBuildResult.OutOfTables;
            default: return KernelBuildResult.MemoryMappedTwice;
        }
    }

    private bool MakeTopTable(AddressWindow window)
    {
        // A window may be wider than what one entry of the root covers; what lies beyond is made on demand.
        return _mapper.MakeTopTable(window.Start, PageFlags.None) == PagingResult.Ok;
    }
}
