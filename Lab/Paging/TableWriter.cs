using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>Page tables that are being made in a memory.</summary>
internal abstract class TableWriter
{
    public abstract PhysAddr Root { get; }

    public abstract ulong TableCount { get; }

    public abstract ulong TableBytes { get; }

    /// <summary>Maps what <paramref name="order"/> says, with the largest pages that fit.</summary>
    /// <exception cref="LabException">The mapper refuses it; why.</exception>
    public abstract void Map(MapOrder order);
}

/// <inheritdoc/>
internal sealed class TableWriter<TFormat> : TableWriter
    where TFormat : struct, IPagingFormat
{
    private PageMapper<ImageMemory, TFormat, BumpTables> _mapper;

    /// <summary>An empty root, and tables behind it as they are needed.</summary>
    public TableWriter(ImageMemory memory, PhysAddr first)
    {
        BumpTables tables = new(memory, first, 1UL << default(TFormat).PageShift);
        tables.TryAllocate(out FrameNumber root);
        _mapper = new PageMapper<ImageMemory, TFormat, BumpTables>(memory, tables, root, int.MaxValue, TopTables.Freed);
    }

    public override PhysAddr Root => _mapper.Root;

    public override ulong TableCount => _mapper.TableCount;

    public override ulong TableBytes => 1UL << default(TFormat).PageShift;

    public override void Map(MapOrder order)
    {
        // Nobody runs on these tables, so nobody has anything to forget.
        PendingFlush flush = _mapper.MapRange(order.Start, order.Target, order.SizeBytes, order.Flags, LargePages.WhereTheyFit, out PagingResult result);
        if (result != PagingResult.Ok || (flush.IsNone && default(TFormat).RemembersAbsence)) throw new LabException($"'{order.Text}' cannot be mapped: {result}");
    }
}
