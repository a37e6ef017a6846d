using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

/// <summary>What page tables cost when all pages are of the smallest size: one part in 512 where entries are words and pages 4 KiB.</summary>
[TestFixture(typeof(X86TwoLevel))]
[TestFixture(typeof(X86Pae))]
[TestFixture(typeof(X64FourLevel))]
[TestFixture(typeof(X64FiveLevel))]
[TestFixture(typeof(AArch64Lower4K))]
[TestFixture(typeof(AArch64Lower16K))]
[TestFixture(typeof(AArch64Lower64K))]
[TestFixture(typeof(Sv39))]
[TestFixture(typeof(Sv48))]
[TestFixture(typeof(Sv57))]
public sealed class TableOverheadTests<TFormat>
    where TFormat : struct, IPagingFormat
{
    private const ulong MappedBytes = 1UL << 30;
    private const double MostShare = 0.002;

    [Test]
    public void Tables_for_small_pages_take_no_more_than_two_parts_in_a_thousand()
    {
        const ulong TableBytes = 4UL << 20;
        using WatchedMemory memory = WatchedMemory.Create(TableBytes >> FrameNumber.Shift);
        int pageShift = default(TFormat).PageShift;
        HostTableFrames frames = HostTableFrames.Over(memory, pageShift);
        Assert.That(frames.TryAllocate(out FrameNumber root));
        PageMapper<WatchedMemory, TFormat, HostTableFrames> mapper = new(memory, frames, root, int.MaxValue, TopTables.Freed);
        VirtAddr start = VirtAddr.FromTrusted(1UL << 30);
        PendingFlush flush = mapper.MapRange(start, PhysAddr.Zero, MappedBytes, PageFlags.Writable, LargePages.Never, out PagingResult result);
        Assert.That(result, Is.EqualTo(PagingResult.Ok));
        Assert.That(flush.IsNone || default(TFormat).RemembersAbsence || default(TFormat).HoldsRoot);

        PageTableCensus census = new PageTables<WatchedMemory, TFormat>(memory, root.Start).Count();
        Assert.That(census.MappedBytes, Is.EqualTo(MappedBytes));
        Assert.That(census.TableCount, Is.EqualTo(mapper.TableCount));
        Assert.That((double)(census.TableCount << pageShift) / MappedBytes, Is.LessThanOrEqualTo(MostShare));
    }
}
