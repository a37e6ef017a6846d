using System;
using System.Linq;
using System.Runtime.InteropServices;
using Cosmos.Core.Memory;
using MemOS.SelfTest;
using MemOS.Tests.Shell;
using NUnit.Framework;

namespace MemOS.Tests.SelfTest;

public sealed unsafe class SelfTestSuiteTests
{
    private FakeTerminal _terminal = null!;
    private SelfTestSuite _suite = null!;

    [SetUp]
    public void SetUp()
    {
        _terminal = new FakeTerminal();
        _suite = new SelfTestSuite();
    }

    [Test]
    public void Each_check_is_a_line_and_the_last_line_counts_them()
    {
        _suite.Add("a.good", check => check.Expect(true, "never said"));
        _suite.Add("a.bad", check => check.Equal(2, 3, "sum"));
        _suite.Add("b.throws", _ => throw new InvalidOperationException("broken"));
        Assert.That(_suite.Run(_terminal, []).Failure, Is.EqualTo("2 checks failed"));
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "a.good: passed",
            "a.bad: FAILED, sum: expected 2, got 3",
            "b.throws: FAILED, System.InvalidOperationException: broken",
            "selftest: 1 passed, 2 failed",
        }));
    }

    [Test]
    public void The_first_failure_of_a_check_is_reported()
    {
        _suite.Add("x", check =>
        {
            check.Equal("a", "b", "first");
            check.Fail("second");
        });
        _suite.Run(_terminal, []);
        Assert.That(_terminal.Lines[0], Is.EqualTo("x: FAILED, first: expected \"a\", got \"b\""));
    }

    [Test]
    public void A_name_selects_checks_that_start_with_it()
    {
        _suite.Add("a.one", _ => { });
        _suite.Add("b.one", _ => { });
        Assert.That(_suite.Run(_terminal, ["a"]).Failure, Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "a.one: passed", "selftest: 1 passed, 0 failed" }));
        Assert.That(_suite.Run(_terminal, ["c"]).Failure, Is.EqualTo("no check is called 'c'"));
    }

    [Test]
    public void The_kernels_own_checks_pass_on_the_host()
    {
        const int arenaBytes = 64 << 20;
        void* arena = NativeMemory.AlignedAlloc(arenaBytes, 4096);
        try
        {
            RAT.Init((byte*)arena, arenaBytes);
            Heap.Init();
            CollectionChecks.AddTo(_suite);
            LanguageChecks.AddTo(_suite);
            AllocationChecks.AddTo(_suite);
            string? failure = _suite.Run(_terminal, []).Failure;
            Assert.That(failure, Is.Null, _terminal.Written);
            Assert.That(_suite.Checks.Select(check => check.Name), Is.Unique);
        }
        finally
        {
            NativeMemory.AlignedFree(arena);
        }
    }
}
