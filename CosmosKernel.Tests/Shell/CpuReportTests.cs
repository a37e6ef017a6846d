using System.Linq;
using MemOS.Hardware;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class CpuReportTests
{
    [Test]
    public void Each_feature_is_a_line_with_its_state()
    {
        const ulong nxEnable = 1 << 11;
        var terminal = new FakeTerminal();
        new CpuReport(CpuFeatures.Read(default(SmallProcessor)), new CpuControl(0, nxEnable, 0), 4096).WriteTo(terminal);
        Assert.That(terminal.Lines, Has.Length.EqualTo(CpuFeatures.Count + 2));
        Assert.That(State(terminal, "NX"), Is.EqualTo("used"));
        Assert.That(State(terminal, "PCID"), Is.EqualTo("unused"));
        Assert.That(State(terminal, "SMEP"), Is.EqualTo("absent"));
    }

    private static string State(FakeTerminal terminal, string feature) =>
        terminal.Lines.Select(line => line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)).Single(words => words[0] == feature)[1];

    /// <summary>A processor with NX and PCID and little else.</summary>
    private readonly struct SmallProcessor : ICpuid
    {
        public void Read(uint leaf, uint subleaf, out uint eax, out uint ebx, out uint ecx, out uint edx)
        {
            eax = leaf switch
            {
                0 => 1,
                0x80000000 => 0x80000001,
                _ => 0,
            };
            ebx = 0;
            ecx = leaf == 1 ? 1u << 17 : 0;
            edx = leaf == 0x80000001 ? 1u << 20 : 0;
        }
    }
}
