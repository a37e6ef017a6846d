using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Makes the tables of a kernel that was started with paging off and goes on running at its physical addresses: Cosmos's.</summary>
/// <remarks>
/// <para>
/// Every address that the kernel and its drivers use by now goes on to mean the same. Mapped to themselves are: of what the memory map lists,
/// everything below 896 MiB, and what is no RAM above; all of the first MiB but page 0, which stays out so that a null reference
/// faults; and from 3 GiB to 4 GiB all that is no RAM, where devices are. Caching is left to the processor's range registers, as
/// without paging. Where the format has no-execute only the image can be executed; it can be written too, since the kit's compiler puts data between
/// the code. (The mapper refuses such pages, so their entries are changed here.)
/// </para>
/// <para>RAM from 896 MiB on is not mapped: <see cref="TemporaryWindow{TMemory,TFormat}"/> shows it.</para>
/// </remarks>
public struct IdentityMapBuilder<TMemory, TFormat, TTables>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TTables : struct, ITableFrameSource
{
    private const int SmallAndLarge = 0b11;
    private const ulong LegacyEnd = 1UL << 20;
    private const ulong DevicesStart = 3UL << 30;
    private const ulong DevicesEnd = 4UL << 30;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable | PageFlags.Global | PageFlags.Accessed | PageFlags.Dirty;

    private readonly TMemory _memory;
    private readonly KernelLayout _layout;
    private readonly FrameRange _image;
    private PageMapper<TMemory, TFormat, TTables> _mapper;

    // Everything below has been looked at.
    private PhysAddr _done;

    private IdentityMapBuilder(TMemory memory, PageMapper<TMemory, TFormat, TTables> mapper, KernelLayout layout, FrameRange image)
    {
        _memory = memory;
        _mapper = mapper;
        _layout = layout;
        _image = image;
        _done = FrameNumber.FromTrusted(1).Start;
    }

    /// <summary>Makes the tables.</summary>
    /// <param name="memory">How they are reached.</param>
    /// <param name="tables">Where they come from; all lie below 896 MiB.</param>
    /// <param name="layout">An identity layout for <paramref name="map"/>.</param>
    /// <param name="map">The firmware's memory map.</param>
    /// <param name="image">The frames of the kernel's image, which lie in the direct map.</param>
    /// <param name="mapper">The mapper of the tables, complete when the result is Ok.</param>
    public static KernelBuildResult Build(
        TMemory memory, TTables tables, KernelLayout layout, in MemoryMap map, FrameRange image, out PageMapper<TMemory, TFormat, TTables> mapper)
    {
        mapper = default;
        if (image.End.Start.Value > layout.DirectMap.SizeBytes) return KernelBuildResult.LayoutTooSmall;
        if (!tables.TryAllocate(out FrameNumber root)) return KernelBuildResult.OutOfTables;
        mapper = new PageMapper<TMemory, TFormat, TTables>(memory, tables, root, SmallAndLarge, TopTables.Freed);
        IdentityMapBuilder<TMemory, TFormat, TTables> builder = new(memory, mapper, layout, image);
        KernelBuildResult result = builder.MapAll(in map);
        mapper = builder._mapper;
        return result;
    }

    private KernelBuildResult MapAll(in MemoryMap map)
    {
        KernelBuildResult result = MapUpTo(PhysAddr.FromTrusted(LegacyEnd));
        int position = 0;
        while (result == KernelBuildResult.Ok && map.TryNext(ref position, out MemoryRange range)) result = MapListed(range);
        if (result == KernelBuildResult.Ok && _done.Value < DevicesEnd) result = MapDevices(PhysAddr.FromTrusted(DevicesEnd));
        return result;
    }

    // Ranges come upwards, and may share a frame.
    private KernelBuildResult MapListed(MemoryRange range)
    {
        KernelBuildResult result = KernelBuildResult.Ok;
        PhysAddr start = range.Start.ContainingFrame.Start;
        PhysAddr end = FrameRange.Covering(range.Start, range.SizeBytes).End.Start;
        if (start.Value > DevicesStart && _done.Value < DevicesEnd) result = MapDevices(start);
        if (end <= _done || result != KernelBuildResult.Ok) return result;
        if (start > _done) _done = start;
        ulong directEnd = _layout.DirectMap.SizeBytes;
        if (range.Kind != MemoryKind.Usable) return MapUpTo(Lower(end, DevicesEnd));
        if (_done.Value < directEnd) result = MapUpTo(Lower(end, directEnd));
        _done = end;
        return result;
    }

    // What nothing is said about, between 3 and 4 GiB.
    private KernelBuildResult MapDevices(PhysAddr end)
    {
        if (_done.Value < DevicesStart) _done = PhysAddr.FromTrusted(DevicesStart);
        return MapUpTo(Lower(end, DevicesEnd));
    }

    private KernelBuildResult MapUpTo(PhysAddr end)
    {
        KernelBuildResult result = KernelBuildResult.Ok;
        if (end <= _done) return result;
        FrameRange frames = FrameRange.FromBounds(_done.ContainingFrame, end.ContainingFrame);
        FrameRange image = frames.Intersect(_image);
        if (image.IsEmpty)
        {
            result = Map(frames, Data);
        }
        else
        {
            result = Map(FrameRange.FromBounds(frames.Start, image.Start), Data);
            if (result == KernelBuildResult.Ok) result = Map(image, Data);
            if (result == KernelBuildResult.Ok) AllowExecution(image);
            if (result == KernelBuildResult.Ok) result = Map(FrameRange.FromBounds(image.End, frames.End), Data);
        }

        _done = end;
        return result;
    }

    private KernelBuildResult Map(FrameRange frames, PageFlags flags)
    {
        if (frames.IsEmpty) return KernelBuildResult.Ok;
        VirtAddr start = VirtAddr.FromTrusted(frames.Start.Start.Value);
        PendingFlush flush = _mapper.MapRange(start, frames.Start.Start, frames.SizeBytes, flags, LargePages.WhereTheyFit, out PagingResult result);
        KernelAssert.That(flush.IsNone || result == PagingResult.Ok, "IdentityMapBuilder: a failed change wants a flush");
        switch (result)
        {
            case PagingResult.Ok: return KernelBuildResult.Ok;
            case PagingResult.OutOfTables: return KernelBuildResult.OutOfTables;
            default: return KernelBuildResult.MemoryMappedTwice;
        }
    }

    // The tables are not loaded yet: there is nothing to forget.
    private void AllowExecution(FrameRange image)
    {
        TFormat format = default;
        TableEntries<TMemory, TFormat> entries = new(_memory);
        PhysAddr at = image.Start.Start;
        while (at < image.End.Start)
        {
            LastStep last = default;
            PagingResult walk = _mapper.Walker.Explain(VirtAddr.FromTrusted(at.Value), ref last);
            KernelAssert.That(walk == PagingResult.Ok, "IdentityMapBuilder: the image is not mapped");
            entries.Write(entries.SlotAt(last.Table, last.Index), format.EncodePage(at, Data | PageFlags.Executable, last.Level));
            at += entries.SizeOf(last.Level);
        }
    }

    private static PhysAddr Lower(PhysAddr address, ulong limit) => address.Value < limit ? address : PhysAddr.FromTrusted(limit);
}
