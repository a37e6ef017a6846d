using System;
using System.Linq;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class FaultTextTests
{
    [Test]
    public void Every_outcome_has_a_name_of_its_own_and_a_meaning()
    {
        FaultOutcome[] outcomes = Enum.GetValues<FaultOutcome>();
        Assert.That(outcomes.Select(FaultText.NameOf), Is.Unique.And.All.Not.Empty);
        Assert.That(outcomes.Select(FaultText.MeaningOf), Is.Unique.And.All.Not.Empty);
        Assert.That(FaultText.NameOf(FaultOutcome.StackLimit), Is.EqualTo("stack limit"));
    }

    [Test]
    public void Every_kind_of_area_has_a_name_of_its_own() =>
        Assert.That(Enum.GetValues<AreaKind>().Select(AreaText.NameOf), Is.Unique.And.All.Not.Empty);

    [TestCase(AreaAccess.None, "---")]
    [TestCase(AreaAccess.Read | AreaAccess.Execute, "r-x")]
    [TestCase(AreaAccess.Read | AreaAccess.Write, "rw-")]
    public void Access_is_written_as_ls_does(AreaAccess access, string expected) => Assert.That(AreaText.Of(access), Is.EqualTo(expected));

    [Test]
    public void Of_one_process_as_many_are_listed_as_were_asked_for_the_last_at_the_end()
    {
        FaultLog log = default;
        for (uint number = 1; number <= 6; number++)
        {
            log.Add((int)(2 - (number % 2)), VirtAddr.FromTrusted(0x400000 + number), VirtAddr.FromTrusted(0x1000 * number), FaultAccess.Write, FaultOutcome.Copied);
        }

        FakeTerminal terminal = new();
        FaultText.WriteLast(terminal, in log, processId: 2, most: 2);
        Assert.That(terminal.Lines, Is.EqualTo(new[]
        {
            "process  access  address   outcome  by the instruction at",
            "      2  write   V:0x4000  copied   V:0x400004",
            "      2  write   V:0x6000  copied   V:0x400006",
        }));
    }

    [Test]
    public void Outcomes_that_there_were_none_of_are_left_out()
    {
        FakeTerminal terminal = new();
        FaultText.WriteCounters(terminal, default);
        Assert.That(terminal.Lines, Has.Length.EqualTo(2).And.Some.StartsWith("all"));
    }
}
