using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Shows frames that have no address of their own, a few at a time.</summary>
/// <remarks>
/// <para>
/// On a 32-bit machine the kernel's addresses do not reach for all memory: what lies above the direct map is mapped when it is read or
/// written. The window has <see cref="SlotCount"/> pages, which are used in turn: a pointer is good until as many other
/// frames have been shown. A frame that is being shown keeps its page.
/// </para>
/// <para>The window's one page table is made in the beginning; its page behind the slots shows the table itself, so that it never becomes empty.</para>
/// <para><b>Cost.</b> A comparison for each slot; a frame that is not shown yet costs a write of an entry and an invalidation of one page.</para>
/// </remarks>
public unsafe struct TemporaryWindow<TMemory, TFormat>
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
{
    /// <summary>Frames that can be shown at the same time.</summary>
    public const int SlotCount = 8;

    private const PageFlags Data = PageFlags.Present | PageFlags.Writable | PageFlags.Global | PageFlags.Accessed | PageFlags.Dirty;
    private const PageFlags Keeper = PageFlags.Present | PageFlags.Global | PageFlags.Accessed;

    private readonly TMemory _memory;
    private VirtAddr _start;
    private PhysAddr _table;
    private int _firstIndex;
    private int _next;
    private fixed ulong _shown[SlotCount];

    private TemporaryWindow(TMemory memory)
        : this() => _memory = memory;

    /// <summary>Makes the window at <paramref name="start"/>, the first page of a table, in tables that are not loaded yet; false when there is no frame for its table.</summary>
    public static bool TryCreate<TTables>(
        TMemory memory, ref PageMapper<TMemory, TFormat, TTables> mapper, VirtAddr start, out TemporaryWindow<TMemory, TFormat> window)
        where TTables : struct, ITableFrameSource
    {
        window = new TemporaryWindow<TMemory, TFormat>(memory) { _start = start };
        VirtAddr keeper = start + (SlotCount * PageNumber.SizeBytes);
        PendingFlush flush = mapper.Map(keeper, mapper.Root, Keeper, out PagingResult result);
        KernelAssert.That(flush.IsNone || result == PagingResult.Ok, "TemporaryWindow: a failed change wants a flush");
        if (result != PagingResult.Ok) return false;
        LastStep last = default;
        PagingResult walk = mapper.Walker.Explain(keeper, ref last);
        KernelAssert.That(walk == PagingResult.Ok && last.Level == 0, "TemporaryWindow: no table for small pages");
        window._table = last.Table;
        window._firstIndex = last.Index - SlotCount;
        return true;
    }

    /// <summary>Shows the frame of <paramref name="address"/>; the flush is to be done before <paramref name="place"/> is used.</summary>
    /// <param name="address">Physical; the format must be able to say it.</param>
    /// <param name="place">Where its byte is, up to the end of its frame.</param>
    public PendingFlush Show(PhysAddr address, out VirtAddr place)
    {
        ulong frame = address.ContainingFrame.Value;
        ulong offset = address.Value & (FrameNumber.SizeBytes - 1);
        for (int slot = 0; slot < SlotCount; slot++)
        {
            if (_shown[slot] != frame + 1) continue;
            place = PageOf(slot) + offset;
            return PendingFlush.None;
        }

        int used = _next;
        _next = used + 1 == SlotCount ? 0 : used + 1;
        _shown[used] = frame + 1; // 0: none
        TableEntries<TMemory, TFormat> entries = new(_memory);
        entries.Write(entries.SlotAt(_table, _firstIndex + used), default(TFormat).EncodePage(address.ContainingFrame.Start, Data, 0));
        place = PageOf(used) + offset;
        return PendingFlush.Page(PageOf(used), PageNumber.Shift, FlushScope.Global);
    }

    private readonly VirtAddr PageOf(int slot) => _start + ((ulong)(uint)slot * PageNumber.SizeBytes);
}
