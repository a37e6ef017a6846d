using System.Collections.Generic;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Diagnostics;

public sealed class WritableCodeTests
{
    private const PageFlags Code = PageFlags.Present | PageFlags.Executable;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable;

    [TestCase(0x3000UL, 1UL, false)]
    [TestCase(0x3000UL, 2UL, true)]
    [TestCase(0x4000UL, 1UL, true)]
    [TestCase(0x5000UL, 1UL, true)]
    [TestCase(0x6000UL, 1UL, false)]
    [TestCase(0x0000UL, 512UL, true)]
    public void Code_at_4000_to_6000_is_found_when_data_meets_it(ulong target, ulong pageCount, bool isFound)
    {
        List<MappedRun> runs = [Run(0x10_0000, target, pageCount, Data), Run(0x80_0000, 0x4000, 2, Code), Run(0x90_0000, 0x4000, 2, PageFlags.Present)];
        Assert.That(WritableCode.TryFind(runs, out MappedRun code, out MappedRun data), Is.EqualTo(isFound));
        if (!isFound) return;
        Assert.That(code.Start.Value, Is.EqualTo(0x80_0000));
        Assert.That(data.Start.Value, Is.EqualTo(0x10_0000));
    }

    [Test]
    public void One_page_that_allows_both_is_found()
    {
        List<MappedRun> runs = [Run(0x80_0000, 0x4000, 1, Code | Data)];
        Assert.That(WritableCode.TryFind(runs, out MappedRun code, out MappedRun data));
        Assert.That(code.Start, Is.EqualTo(data.Start));
    }

    private static MappedRun Run(ulong start, ulong target, ulong pageCount, PageFlags flags) =>
        new(VirtAddr.FromTrusted(start), PhysAddr.FromTrusted(target), pageCount, PageNumber.Shift, flags);
}
