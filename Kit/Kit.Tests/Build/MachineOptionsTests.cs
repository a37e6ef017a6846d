using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class MachineOptionsTests
{
    private static readonly MachineOptions s_plain = new() { IsoPath = "memos.iso" };

    [TestCase("640K", 640L << 10)]
    [TestCase("10M", 10L << 20)]
    [TestCase("16g", 16L << 30)]
    [TestCase("128", 128L << 20)]
    [TestCase("0", 0)]
    public void A_size_has_a_unit_or_is_in_MiB(string text, long bytes)
        => Assert.That(MemorySize.Parse(text).Bytes, Is.EqualTo(bytes));

    [TestCase("")]
    [TestCase("M")]
    [TestCase("-1M")]
    [TestCase("1.5G")]
    [TestCase("9x")]
    [TestCase("99999999999999999999M")]
    public void What_is_no_size_is_refused(string text)
        => Assert.That(() => MemorySize.Parse(text), Throws.TypeOf<ToolException>().With.Message.Contains($"'{text}'"));

    [TestCase(640L << 10, "640K")]
    [TestCase(4L << 30, "4096M")]
    public void A_size_is_written_as_QEMU_reads_it(long bytes, string text)
        => Assert.That(new MemorySize(bytes).ToString(), Is.EqualTo(text));

    [Test]
    public void A_distance_names_two_nodes()
        => Assert.That(NumaDistance.Parse("0,1=20"), Is.EqualTo(new NumaDistance(0, 1, 20)));

    [TestCase("0=20")]
    [TestCase("0,1")]
    [TestCase("a,b=c")]
    public void What_is_no_distance_is_refused(string text)
        => Assert.That(() => NumaDistance.Parse(text), Throws.TypeOf<ToolException>());

    [Test]
    public void Memory_is_the_nodes_sum_when_nothing_else_is_said()
    {
        Assert.That(s_plain.TotalMemory, Is.EqualTo(MemorySize.Parse("512M")));
        Assert.That((s_plain with { NumaNodes = Sizes("128M", "384M", "1G") }).TotalMemory, Is.EqualTo(MemorySize.Parse("1536M")));
    }

    public static IEnumerable<TestCaseData> Impossible()
    {
        yield return new(s_plain with { Cpus = 0 }, "--cpus 0");
        yield return new(s_plain with { Memory = MemorySize.Parse("0M") }, "--memory");
        yield return new(s_plain with { Memory = MemorySize.Parse("1G"), NumaNodes = Sizes("1G", "1G") }, "2048M, the machine's 1024M");
        yield return new(s_plain with { NumaNodes = Sizes("1G"), NumaDistances = [new(0, 1, 20)] }, "1 nodes");
        yield return new(s_plain with { Emulator = Emulator.Bochs, Firmware = Firmware.Uefi }, "BIOS");
        yield return new(s_plain with { Emulator = Emulator.Bochs, Clock = Clock.Instructions }, "--icount");
        yield return new(s_plain with { Emulator = Emulator.Bochs, NumaNodes = Sizes("512M") }, "NUMA");
        yield return new(s_plain with { Emulator = Emulator.Bochs, ExtraArguments = ["-s"] }, "QEMU");
    }

    [TestCaseSource(nameof(Impossible))]
    public void An_impossible_machine_is_refused_by_the_options_name(MachineOptions options, string words)
        => Assert.That(options.Validate, Throws.TypeOf<ToolException>().With.Message.Contains(words));

    [Test]
    public void Processors_are_dealt_to_the_nodes_in_turn()
    {
        string arguments = Arguments(s_plain with { Cpus = 3, NumaNodes = Sizes("128M", "0M"), NumaDistances = [new(0, 1, 30)] });
        Assert.That(arguments, Does.Contain("-object memory-backend-ram,id=node0,size=128M -numa node,nodeid=0,memdev=node0,cpus=0,cpus=2"));
        Assert.That(arguments, Does.Contain("-numa node,nodeid=1,cpus=1 "), "a node without memory");
        Assert.That(arguments, Does.Contain("-numa dist,src=0,dst=1,val=30"));
    }

    [Test]
    public void Counting_instructions_leaves_out_the_fast_string_features()
    {
        Assert.That(Arguments(s_plain with { Clock = Clock.Instructions }), Does.Contain("-cpu max,-erms,-fsrm").And.Contain("-icount shift=0"));
        Assert.That(Arguments(s_plain), Does.Contain("-cpu max ").And.Not.Contain("-icount"));
    }

    [Test]
    public void Extra_arguments_come_last()
        => Assert.That(Arguments(s_plain with { ExtraArguments = ["-m", "64M"] }), Does.EndWith(" -m 64M"));

    [Test]
    public void A_reset_ends_the_run_unless_a_person_sits_there()
    {
        Assert.That(Arguments(s_plain), Does.Contain("-no-reboot"));
        Assert.That(Arguments(s_plain with { OnReset = OnReset.Reboot }), Does.Not.Contain("-no-reboot"));
    }

    private static string Arguments(MachineOptions options) => string.Join(' ', QemuArguments.For(options));

    private static MemorySize[] Sizes(params string[] sizes) => [.. sizes.Select(MemorySize.Parse)];
}
