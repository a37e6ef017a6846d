using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using MemOS.Lab;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>What the shell says of the machine's page tables, beside what the emulator says, which walks them by its own code.</summary>
[Category("Boot")]
public sealed partial class PagingToolTests
{
    [TestCase("veridian")]
    [TestCase("lld")]
    [TestCase("valen")]
    public void The_emulator_sees_the_same_mappings(string layout)
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithCommandLine("layout=" + layout));
        IReadOnlyList<string> dump = machine.RunOk("dump_pt");
        string emulator = machine.Ask("info mem");

        // The emulator lists what is writable and what is not, whatever the size of pages and the rest of their flags.
        List<(ulong Start, ulong End, bool IsWritable)> seen =
            [.. RunOfEmulator().Matches(emulator).Select(match => (Number(match, 1), Number(match, 2), match.Groups[3].Value == "-rw"))];
        List<(ulong Start, ulong End, bool IsWritable)> said = [];
        foreach (Match match in dump.Select(line => RunOfShell().Match(line)).Where(match => match.Success))
        {
            (ulong start, ulong end, bool isWritable) = (Number(match, 1), Number(match, 2), match.Groups[3].Value.Contains("write ", StringComparison.Ordinal));
            bool goesOn = said.Count != 0 && said[^1].End == start && said[^1].IsWritable == isWritable;
            if (goesOn) said[^1] = (said[^1].Start, end, isWritable);
            else said.Add((start, end, isWritable));
        }

        Assert.That(said, Has.Count.GreaterThan(5));
        Assert.That(said, Is.EqualTo(seen), emulator);
        Assert.That(machine.RunOk("selftest paging")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
    }

    [Test]
    public void The_emulator_translates_each_regions_addresses_alike()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        foreach (string line in machine.RunOk("dump_pt").Skip(1))
        {
            Match run = RunOfShell().Match(line);
            string address = "0x" + (Number(run, 1) + 0x123).ToString("x");
            string said = machine.RunOk("translate " + address)[^1];
            Match seen = AnswerOfEmulator().Match(machine.Ask("gva2gpa " + address));
            Assert.That(said, Does.StartWith($"V:{address} is P:{seen.Groups[1].Value}, in a page of "), machine.Transcript);
            Assert.That(machine.RunOk($"translate {address} --explain")[^2], Does.EndWith("make P:" + seen.Groups[1].Value));
        }
    }

    [Test]
    public void The_windows_hold_everything_and_no_memory_is_writable_and_executable()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        Assert.That(machine.RunOk("pagetables")[^1], Does.Match("^nothing is writable and executable, neither at one address nor at two: [1-9][0-9]+ KiB of code$"));
        IReadOnlyList<string> windows = machine.RunOk("aspace");
        Assert.That(windows, Has.None.Contain("in no window"));
        Assert.That(windows, Has.Some.Match("^image +V:0xffffffff80000000 +2 GiB +kernel read execute global "));
        Assert.That(machine.Run("translate 0").Failure, Is.EqualTo("V:0x0 is not mapped"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    [Test]
    public void The_lab_walks_a_machines_memory()
    {
        const int MiB = 1 << 20;
        using TemporaryFolder folder = new();
        string memory = folder.NewFile(".memory");
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        string root = Root().Match(machine.RunOk("pagetables")[0]).Groups[1].Value;
        string first = Root().Match(machine.RunOk("dump_pt 0xffffffff80123456")[1]).Groups[1].Value;
        string[] told = [.. machine.RunOk("translate 0xffffffff80123456 --explain")];
        Assert.That(machine.Ask($"pmemsave 0 {128 * MiB} \"{memory}\""), Is.Empty);
        StringWriter output = new();
        string[] arguments = ["walk", "--memory", memory, "--root", root, "--format", "x64-4level", "--address", "0xffffffff80123456"];
        Assert.That(LabProgram.Run(arguments, output, TextWriter.Null), Is.Zero);
        Assert.That(output.ToString().TrimEnd().Split('\n'), Is.EqualTo(told));
        Assert.That(first, Is.EqualTo(root));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void Random_changes_do_what_the_model_says_and_lose_no_table(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Emulator = emulator });
        machine.RunOk("stress paging 1000 1"); // A few clear tables are kept for the next who wants one.
        string tables = machine.RunOk("mem").Single(line => line.StartsWith("  page tables", StringComparison.Ordinal));
        Assert.That(machine.RunOk("stress paging 10000 7")[0], Is.EqualTo("stress paging: 10000 operations, seed 7"));
        Assert.That(machine.RunOk("mem"), Does.Contain(tables));
    }

    [Test]
    public void Flushes_are_timed_and_leave_nothing()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        string[] owners = ["  kernel", "  page tables", "  user"];
        string[] OwnedFrames() => [.. machine.RunOk("mem").Where(line => owners.Any(owner => line.StartsWith(owner, StringComparison.Ordinal)))];
        machine.RunOk("tlb times"); // As above.
        string[] before = OwnedFrames();
        IReadOnlyList<string> rows = machine.RunOk("tlb times");
        Assert.That(OwnedFrames(), Is.EqualTo(before));
        Assert.That(rows, Has.Count.EqualTo(4));
        foreach (string row in rows.Skip(1))
        {
            // In use, reading them, with 1, 16, 32 and 64 pages flushed, with all.
            int[] times = [.. Digits().Matches(row).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
            Assert.That(times[1..6], Is.Ordered, row);
            Assert.That(times[6], Is.GreaterThan(times[1]), row);
        }
    }

    private static ulong Number(Match match, int group) => ulong.Parse(match.Groups[group].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]{16} ([-u][-r][-w])", RegexOptions.Multiline)]
    private static partial Regex RunOfEmulator();

    [GeneratedRegex("^V:0x([0-9a-f]+) +V:0x([0-9a-f]+) .*(kernel .*)$")]
    private static partial Regex RunOfShell();

    [GeneratedRegex("(P:0x[0-9a-f]+)")]
    private static partial Regex Root();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex("gpa: (0x[0-9a-f]+)")]
    private static partial Regex AnswerOfEmulator();
}
