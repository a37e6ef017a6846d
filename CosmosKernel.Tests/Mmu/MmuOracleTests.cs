using System.Collections.Generic;
using MemOS.Memory.Paging;
using NUnit.Framework;

namespace MemOS.Tests.Mmu;

/// <summary>The walker says of every address what the MMU of a machine does with it.</summary>
[Category("Boot")]
public sealed class MmuOracleTests
{
    private const int FewestProbes = 5000;

    [TestCase(1, 0UL)]
    [TestCase(2, X64OracleMachine.NoUserCode)]
    [TestCase(3, X64OracleMachine.NoUserCode | X64OracleMachine.NoUserData)]
    public void Four_levels_are_what_the_processor_walks(int seed, ulong control) => Compare<X64FourLevel>(new X64OracleMachine(control), seed);

    [TestCase(4, 0UL)]
    [TestCase(5, X64OracleMachine.NoUserCode | X64OracleMachine.NoUserData)]
    public void Five_levels_are_what_the_processor_walks(int seed, ulong control) =>
        Compare<X64FiveLevel>(new X64OracleMachine(control | X64OracleMachine.FiveLevels), seed);

    [TestCase(6, 0UL)]
    [TestCase(7, RiscVOracleMachine.UserData | RiscVOracleMachine.ReadCode)]
    public void Sv39_is_what_the_processor_walks(int seed, ulong status) => Compare<Sv39>(new RiscVOracleMachine(RiscVOracleMachine.Sv39Mode, status), seed);

    [TestCase(8, RiscVOracleMachine.UserData)]
    public void Sv48_is_what_the_processor_walks(int seed, ulong status) => Compare<Sv48>(new RiscVOracleMachine(RiscVOracleMachine.Sv48Mode, status), seed);

    [TestCase(9, RiscVOracleMachine.ReadCode)]
    public void Sv57_is_what_the_processor_walks(int seed, ulong status) => Compare<Sv57>(new RiscVOracleMachine(RiscVOracleMachine.Sv57Mode, status), seed);

    private static void Compare<TFormat>(OracleMachine machine, int seed)
        where TFormat : struct, IPagingFormat
    {
        using OracleRun<TFormat> run = new(machine, seed);
        IReadOnlyList<string> problems = run.Run();
        TestContext.Out.WriteLine($"{default(TFormat).Name}, seed {seed}: {run.Counts.Probes} accesses, {run.Counts.Faults} faults");
        Assert.That(problems, Is.Empty);
        Assert.That(run.Counts.Probes, Is.GreaterThan(FewestProbes));
        Assert.That(run.Counts.Faults, Is.InRange(run.Counts.Probes / 4, run.Counts.Probes * 19 / 20));
    }
}
