using System;
using System.IO;
using Cosmos.Build.Figures;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class FigureTests
{
    [Test]
    public void A_figure_has_a_value_a_unit_and_rounds()
    {
        var figures = Figure.Parse(["measuring", "figure heap.64.alloc_free 41.0 instructions 41.0 41.5 41", "figure b 2 ns"]);
        Assert.That(figures, Has.Count.EqualTo(2));
        Assert.That(figures[0].Rounds, Is.EqualTo(new[] { 41.0, 41.5, 41.0 }));
        Assert.That(figures[1].Rounds, Is.Empty);
        Assert.That(
            Figure.ToJson([figures[0]]),
            Is.EqualTo("""{"figures":[{"name":"heap.64.alloc_free","unit":"instructions","value":41,"rounds":[41,41.5,41]}]}"""));
        Assert.That(Figure.ToTable(figures), Is.EqualTo(new[]
        {
            "heap.64.alloc_free          41.0  instructions",
            "b                            2.0  ns",
        }));
    }

    [TestCase("figure a 100.5 instructions 101 100.5 101.5", true)]
    [TestCase("figure a 100 instructions 101.5 100 100", false, TestName = "rounds more than 1 % apart")]
    [TestCase("figure a 101 instructions 101 100 100", false, TestName = "not the smallest round")]
    [TestCase("figure a 100 instructions 100 100", false, TestName = "two rounds")]
    [TestCase("figure a 100 instructions", false, TestName = "no rounds")]
    public void A_figure_is_the_smallest_of_three_rounds_that_agree(string line, bool isSettled)
        => Assert.That(Figure.Parse([line])[0].IsSettled, Is.EqualTo(isSettled));

    [TestCase("figure a")]
    [TestCase("figure a fast instructions")]
    [TestCase("figure a 1 instructions many")]
    public void A_broken_figure_is_not_passed_over(string line)
        => Assert.That(() => Figure.Parse([line]), Throws.TypeOf<FormatException>().With.Message.Contains(line));

    [TestCase("Completed", 0)]
    [TestCase("Failed", 0)]
    [TestCase("Aborted", 1)]
    public void Results_of_test_runs_are_added_up(string outcome, int brokenOff)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, $"""
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
              <UnitTestResult testName="A" outcome="Passed" /><UnitTestResult testName="B" outcome="Failed" />
              <UnitTestResult testName="C" outcome="NotExecuted" /><UnitTestResult testName="D" outcome="Timeout" />
            </Results><ResultSummary outcome="{outcome}" /></TestRun>
            """);
        TestSummary summary = TestSummary.Read([file, file]);
        File.Delete(file);
        Assert.That((summary.Passed, summary.Failed, summary.Skipped), Is.EqualTo((2, 4 + 2 * brokenOff, 2)));
        Assert.That(summary.Failures, Does.Contain("B").And.Contain("D"));
    }
}
