using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.SelfTest;
using MemOS.Tests.Shell;
using NUnit.Framework;

namespace MemOS.Tests.SelfTest;

public sealed class BenchSuiteTests
{
    private const ulong EmptyLoopCost = 1_000;

    private FakeTerminal _terminal = null!;
    private FakeClock _clock = null!;
    private BenchSuite _suite = null!;

    [SetUp]
    public void SetUp()
    {
        _terminal = new FakeTerminal();
        _clock = new FakeClock();
        _suite = new BenchSuite(_clock);
    }

    [Test]
    public void A_figure_is_the_loop_less_the_empty_loop_an_iteration()
    {
        _suite.Add("x", 200, iterations => _clock.Work += (ulong)iterations * 41);
        Assert.That(_suite.Run(_terminal, []).Failure, Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "figure x 41.00 instructions 41.00 41.00 41.00" }));
    }

    [Test]
    public void Hundredths_are_kept()
    {
        _suite.Add("x", 1_000, _ => _clock.Work += 41_057);
        _suite.Run(_terminal, []);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "figure x 41.05 instructions 41.05 41.05 41.05" }));
    }

    [Test]
    public void Rounds_that_settle_give_their_minimum()
    {
        int round = 0;
        _suite.Add("x", 1, _ => _clock.Work += round++ < 4 ? 500UL * (ulong)round : 1_000UL + (ulong)(round % 3));
        _suite.Run(_terminal, []);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "figure x 1000.00 instructions 1002.00 1000.00 1001.00" }));
    }

    [Test]
    public void Rounds_that_never_agree_are_no_figure()
    {
        int round = 0;
        _suite.Add("x", 1, _ => _clock.Work += round++ % 2 == 0 ? 100UL : 200UL);
        Assert.That(_suite.Run(_terminal, []).Failure, Does.StartWith("x: the rounds do not agree"));
        Assert.That(_terminal.Lines, Is.Empty);
    }

    [Test]
    public void Interrupts_are_masked_while_counting_and_restored_after()
    {
        bool measured = false;
        int runs = 0;
        _suite.Add("x", 1, _ =>
        {
            _clock.Work += 10;
            measured |= _clock.Masked;
            Assert.That(_clock.Masked, Is.EqualTo(runs++ > 0), "only the first, unmeasured loop runs with interrupts on");
        });
        _suite.Run(_terminal, []);
        Assert.That(measured);
        Assert.That(_clock.Masked, Is.False);
    }

    [Test]
    public void A_figure_of_batches_is_that_of_one_unit()
    {
        _suite.Add(new BenchFigure("x", 200, iterations => _clock.Work += (ulong)iterations * 41 * 64, unitsPerIteration: 64));
        _suite.Run(_terminal, []);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "figure x 41.00 instructions 41.00 41.00 41.00" }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void What_a_figure_prepares_is_undone_whether_or_not_the_rounds_agree(bool agree)
    {
        int round = 0;
        List<string> steps = [];
        _suite.Add(new BenchFigure("x", 1, _ => Work(), () => steps.Add("prepare"), () => steps.Add("restore")));
        _suite.Run(_terminal, []);
        Assert.That(steps[0], Is.EqualTo("prepare"));
        Assert.That(steps[^1], Is.EqualTo("restore"));
        Assert.That(steps.Count(step => step != "work"), Is.EqualTo(2));

        void Work()
        {
            steps.Add("work");
            _clock.Work += agree || round++ % 2 == 0 ? 100UL : 200UL;
        }
    }

    [Test]
    public void A_name_selects_figures_that_start_with_it()
    {
        _suite.Add("a.one", 1, _ => _clock.Work += 1_000);
        _suite.Add("b.one", 1, _ => throw new InvalidOperationException());
        Assert.That(_suite.Run(_terminal, ["a"]).Failure, Is.Null);
        Assert.That(_suite.Run(_terminal, ["c"]).Failure, Is.EqualTo("no figure is called 'c'"));
    }

    [TestCase("", true)]
    [TestCase("fault", true)]
    [TestCase("fault.demand", true)]
    [TestCase("fault.demands", false)]
    public void A_program_measures_when_one_of_its_figures_is_asked_for(string wanted, bool isRun)
    {
        List<string> asked = [];
        _suite.Add("x", 1, _ => _clock.Work += 1_000);
        _suite.Add(new BenchProgram(["syscall.null", "fault.demand"], (_, name) =>
        {
            asked.Add(name);
            return MemOS.Shell.CommandResult.Ok;
        }));
        _suite.Run(_terminal, [wanted]);
        Assert.That(asked, Is.EqualTo(isRun ? new[] { wanted } : []));
    }

    [Test]
    public void A_program_that_fails_fails_the_command()
    {
        _suite.Add(new BenchProgram(["x"], (_, _) => MemOS.Shell.CommandResult.Failed("it is ill")));
        Assert.That(_suite.Run(_terminal, []).Failure, Is.EqualTo("it is ill"));
    }

    [Test]
    public void One_figure_can_be_asked_for_by_name()
    {
        int round = 0;
        _suite.Add("x", 200, iterations => _clock.Work += (ulong)iterations * 41);
        _suite.Add("y", 1, _ => _clock.Work += round++ % 2 == 0 ? 100UL : 200UL);
        Assert.That(_suite.TryMeasure("x", out ulong hundredths));
        Assert.That(hundredths, Is.EqualTo(4100));
        Assert.That(_suite.TryMeasure("y", out _), Is.False, "its rounds do not agree");
        Assert.That(_suite.TryMeasure("z", out _), Is.False, "there is none");
    }

    private sealed class FakeClock : IInstructionClock
    {
        private bool _inside;
        private ulong _now;

        public ulong Work { get; set; }

        public bool Masked { get; private set; }

        // Each pair of readings has the cost of an empty loop between them, besides the work.
        public ulong Now
        {
            get
            {
                if (_inside) _now += EmptyLoopCost;
                _inside = !_inside;
                return _now + Work;
            }
        }

        public bool MaskInterrupts()
        {
            Masked = true;
            return true;
        }

        public void RestoreInterrupts(bool wereOn) => Masked = !wereOn;
    }
}
