using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>What the boot menu's line asks for is done, or refused by name.</summary>
[Category("Boot")]
public sealed class BootMenuTests
{
    [Test]
    public void Unknown_words_are_reported_and_commands_are_run()
    {
        using TemporaryFolder folder = new();
        MachineOptions options = folder.WithCommandLine("colour=blue zones=mars seed=1 bare exec=\"mem; nothing-like-it; zones\" exec=\"mem; poweroff\"");
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(options);
        Assert.That(machine.WaitForEnd(), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain(
            "command line: 'colour=blue' has no key that MemOS knows, ignored\n"
            + "command line: 'zones=mars' has no value that the key takes, ignored\n"
            + "command line: 'bare' has no key that MemOS knows, ignored\n"
            + "MemOS: 127 MiB of memory, veridian layout."));
        Assert.That(machine.Transcript, Does.Match("memos> mem; poweroff\nmemory +frames +KiB\ntotal +32639 +130556\n(.*\n)+ok\nok\n$"));
    }

    [Test]
    public void Without_words_nothing_is_reported()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        Assert.That(machine.Transcript, Does.Not.Contain("command line:"));
        Assert.That(machine.Transcript, Does.Contain("MemOS: 127 MiB of memory, veridian layout."));
    }

    [TestCase("zones=lld", "DMA Low Normal")]
    [TestCase("zones=veridian", "DMA Normal")]
    [TestCase("zones=coal", "Low Normal")]
    [TestCase("zones=valen", "Normal")]
    [TestCase("zones=linux", "DMA DMA32")]
    public void Zone_presets_boot_and_pass_their_checks(string word, string zones)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine(word));
        string[] rows = [.. machine.RunOk("zones")];
        Assert.That(string.Join(' ', rows[1..^1].Select(row => row.Split(' ')[0])), Is.EqualTo(zones), machine.Transcript);
        AssertPasses(machine, "paging");
        AssertPasses(machine, "frames");
    }

    [TestCase("hybrid")]
    [TestCase("buddy")]
    [TestCase("bitmap")]
    public void Each_frame_allocator_boots_and_keeps_its_model(string name)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine("frames=" + name));
        Assert.That(machine.RunOk("zones")[^1], Does.StartWith($"served by the {name} allocator"));
        machine.RunOk("stress frames 20000");
        AssertPasses(machine, "heap");
        AssertPasses(machine, "paging");
    }

    [TestCase("lld")]
    [TestCase("valen")]
    [TestCase("myos")]
    public void Layout_presets_boot_and_pass_their_checks(string layout)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine("layout=" + layout) with { Memory = MemorySize.Parse("512M") });
        Assert.That(machine.Transcript, Does.Contain($"MemOS: 511 MiB of memory, {layout} layout."));
        AssertPasses(machine, "paging");
        AssertPasses(machine, "frames");
    }

    [Test]
    public void Programs_have_3_GiB_in_the_layout_of_MyOS()
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine("layout=myos"));
        Assert.That(machine.RunOk("vma"), Has.Some.EqualTo("layout myos: programs have V:0x10000 to V:0xbffff000"));
        Assert.That(machine.RunOk("run watch-faults demand"), Is.Empty);
        Assert.That(machine.RunOk("faults 1 6"), Has.Some.Match("^ +1  write    V:0x[0-9a-b][0-9a-f]{6,7}  zeroed "));
        AssertPasses(machine, "user");
    }

    [Test]
    public void A_layout_without_room_for_the_memory_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        MachineOptions options = folder.WithCommandLine("layout=valen") with { Memory = MemorySize.Parse("4G") };
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(options);
        Assert.That(machine.WaitForEnd(), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain("\nkernel panic: layout=valen has too little room for this machine's memory"));
    }

    [TestCase("la57=on")]
    [TestCase("seed=7 la57=on zones=linux")]
    public void Five_levels_of_tables_are_used_when_they_are_asked_for(string words)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine(words));
        Assert.That(machine.Transcript, Does.Not.Contain("command line:"));
        Assert.That(machine.RunOk("cpu"), Has.Some.Match("^LA57 +used "));
        Assert.That(machine.RunOk("aspace"), Has.Some.Contain("x64-5level"));
        AssertPasses(machine, "");
    }

    [TestCase("la57=off")]
    [TestCase("xla57=on la57=onx exec=")]
    public void Five_levels_of_tables_are_not_used_otherwise(string words)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine(words));
        Assert.That(machine.RunOk("cpu"), Has.Some.Match("^LA57 +unused "));
    }

    [Test]
    public void Five_levels_of_tables_on_a_processor_without_them_are_reported()
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine("la57=on") with { CpuModel = "qemu64" });
        Assert.That(machine.Transcript, Does.Contain("command line: 'la57=on' needs a processor with five levels of page tables, ignored\n"));
        Assert.That(machine.RunOk("cpu"), Has.Some.Match("^LA57 +absent "));
    }

    [Test]
    public void Address_spaces_have_numbers_where_the_processor_has_them()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Emulator = Emulator.Bochs });
        Assert.That(machine.RunOk("cpu"), Has.Some.Match("^PCID +used ").And.Some.Match("^INVPCID +used "));
        AssertPasses(machine, "paging.a");
    }

    private static void AssertPasses(BootedMachine machine, string checks) =>
        Assert.That(machine.RunOk("selftest " + checks)[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"), machine.Transcript);
}
