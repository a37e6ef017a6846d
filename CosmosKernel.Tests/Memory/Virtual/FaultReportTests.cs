using System.Text;
using MemOS.Memory.Paging;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Virtual;

[TestFixture]
public sealed class FaultReportTests
{
    [TestCase(0b0_0000U, "kernel read of a page that is not present (error code 0x0)")]
    [TestCase(0b0_0011U, "kernel write to a page that does not allow it (error code 0x3)")]
    [TestCase(0b0_0110U, "user write to a page that is not present (error code 0x6)")]
    [TestCase(0b1_0001U, "kernel instruction fetch from a page that does not allow it (error code 0x11)")]
    [TestCase(0b0_1101U, "user read of a page whose tables have a reserved bit set (error code 0xd)")]
    [TestCase(0b10_0101U, "user read of a page whose protection key forbids it (error code 0x25)")]
    [TestCase(0b100_0011U, "kernel write to a shadow stack on a page that does not allow it (error code 0x43)")]
    public void An_error_code_is_read_out(uint error, string expected)
    {
        StringSink sink = new(new StringBuilder());
        FaultReport.WriteError(ref sink, (PageFaultError)error);
        Assert.That(sink.ToString(), Is.EqualTo(expected));
    }

    [Test]
    public void A_report_has_the_walk_down_to_the_page()
    {
        using WatchedMemory memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x10), 8);
        HostTableFrames frames = HostTableFrames.Over(memory);
        frames.TryAllocate(out FrameNumber root);
        PageMapper<WatchedMemory, X64FourLevel, HostTableFrames> mapper = new(memory, frames, root, int.MaxValue, TopTables.Freed);
        VirtAddr text = VirtAddr.FromTrusted(0xFFFF_FFFF_8010_0000);
        Assert.That(mapper.Map(text, PhysAddr.FromTrusted(0x10_0000), PageFlags.Executable | PageFlags.Global, out _).IsNone);

        Assert.That(ReportOf(mapper, text + 0x123, PageFaultError.Protection | PageFaultError.Write), Is.EqualTo("""
            page fault at 0xffffffff80100123, instruction at 0xffffffff80100042
              kernel write to a page that does not allow it (error code 0x3)
              level 4: entry 511 of table 0x17000 is 0x10000000014003, a table: kernel read write execute
              level 3: entry 510 of table 0x14000 is 0x10000000015003, a table: kernel read write execute
              level 2: entry 0 of table 0x15000 is 0x10000000016003, a table: kernel read write execute
              level 1: entry 256 of table 0x16000 is 0x100101, a page: kernel read execute global
              the tables map it: a right is missing, or the translation was out of date

            """));
        Assert.That(ReportOf(mapper, VirtAddr.FromTrusted(8), PageFaultError.None), Is.EqualTo("""
            page fault at 0x8, instruction at 0xffffffff80100042
              kernel read of a page that is not present (error code 0x0)
              level 4: entry 0 of table 0x17000 is 0x0, not present
              page 0 is never mapped: a null reference

            """));
        Assert.That(
            ReportOf(mapper, VirtAddr.FromTrusted(0x8000_0000_0000_0000), PageFaultError.None),
            Does.EndWith("  the address is not canonical\n"));
    }

    private static string ReportOf(
        PageMapper<WatchedMemory, X64FourLevel, HostTableFrames> mapper, VirtAddr address, PageFaultError error)
    {
        StringSink sink = new(new StringBuilder());
        FaultReport.Write(ref sink, address, error, VirtAddr.FromTrusted(0xFFFF_FFFF_8010_0042), mapper.Walker);
        return sink.ToString();
    }

    private readonly struct StringSink(StringBuilder text) : ITextSink
    {
        private readonly StringBuilder _text = text;

        public void Write(byte character) => _text.Append((char)character);

        public override string ToString() => _text.ToString();
    }
}
