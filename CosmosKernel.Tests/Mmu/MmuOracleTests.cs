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
    [TestCase(2, X86OracleMachine.NoUserCode)]
    [TestCase(3, X86OracleMachine.NoUserCode | X86OracleMachine.NoUserData)]
    public void Four_levels_are_what_the_processor_walks(int seed, ulong control) => Compare<X64FourLevel>(new X64OracleMachine(control), seed);

    [TestCase(4, 0UL)]
    [TestCase(5, X86OracleMachine.NoUserCode | X86OracleMachine.NoUserData)]
    public void Five_levels_are_what_the_processor_walks(int seed, ulong control) =>
        Compare<X64FiveLevel>(new X64OracleMachine(control | X64OracleMachine.FiveLevels), seed);

    [TestCase(16, 0UL)]
    [TestCase(17, X86OracleMachine.NoUserCode | X86OracleMachine.NoUserData)]
    public void Two_levels_are_what_the_processor_walks(int seed, ulong control) => Compare<X86TwoLevel>(new TwoLevelOracleMachine(control), seed);

    [TestCase(18, 0UL)]
    [TestCase(19, X86OracleMachine.NoUserCode | X86OracleMachine.NoUserData)]
    public void Three_levels_are_what_the_processor_walks(int seed, ulong control) => Compare<X86Pae>(new PaeOracleMachine(control), seed);

    [Test]
    public void Two_levels_show_themselves_to_the_processor() => Compare<X86TwoLevel>(new TwoLevelOracleMachine(0, isRecursive: true), 20);

    [Test]
    public void Three_levels_show_themselves_to_the_processor() => Compare<X86Pae>(new PaeOracleMachine(X86OracleMachine.NoUserCode, isRecursive: true), 21);

    [TestCase(6, 0UL)]
    [TestCase(7, RiscVOracleMachine.UserData | RiscVOracleMachine.ReadCode)]
    public void Sv39_is_what_the_processor_walks(int seed, ulong status) => Compare<Sv39>(new RiscVOracleMachine(RiscVOracleMachine.Sv39Mode, status), seed);

    [TestCase(8, RiscVOracleMachine.UserData)]
    public void Sv48_is_what_the_processor_walks(int seed, ulong status) => Compare<Sv48>(new RiscVOracleMachine(RiscVOracleMachine.Sv48Mode, status), seed);

    [TestCase(9, RiscVOracleMachine.ReadCode)]
    public void Sv57_is_what_the_processor_walks(int seed, ulong status) => Compare<Sv57>(new RiscVOracleMachine(RiscVOracleMachine.Sv57Mode, status), seed);

    [TestCase(10, AddressHalves.Lower, false)]
    [TestCase(11, AddressHalves.Upper, true)]
    public void Granules_of_4K_are_what_the_processor_walks(int seed, AddressHalves half, bool keepsOffUsers) => CompareHalf<Granule4K>(12, half, keepsOffUsers, seed);

    [TestCase(12, AddressHalves.Lower, true)]
    [TestCase(13, AddressHalves.Upper, false)]
    public void Granules_of_16K_are_what_the_processor_walks(int seed, AddressHalves half, bool keepsOffUsers) => CompareHalf<Granule16K>(14, half, keepsOffUsers, seed);

    [TestCase(14, AddressHalves.Lower, false)]
    [TestCase(15, AddressHalves.Upper, true)]
    public void Granules_of_64K_are_what_the_processor_walks(int seed, AddressHalves half, bool keepsOffUsers) => CompareHalf<Granule64K>(16, half, keepsOffUsers, seed);

    [Test]
    [Category("Long")]
    [Explicit("takes minutes")]
    public void Every_format_is_what_its_processor_walks_whatever_the_seed([Range(100, 119)] int seed)
    {
        bool isOdd = seed % 2 != 0;
        AddressHalves half = isOdd ? AddressHalves.Upper : AddressHalves.Lower;
        Compare<X64FourLevel>(new X64OracleMachine(isOdd ? X86OracleMachine.NoUserCode | X86OracleMachine.NoUserData : 0), seed);
        Compare<X64FiveLevel>(new X64OracleMachine(X64OracleMachine.FiveLevels | (isOdd ? X86OracleMachine.NoUserCode : 0)), seed);
        Compare<X86TwoLevel>(new TwoLevelOracleMachine(isOdd ? X86OracleMachine.NoUserCode : 0), seed);
        Compare<X86Pae>(new PaeOracleMachine(isOdd ? X86OracleMachine.NoUserData : 0), seed);
        Compare<Sv39>(new RiscVOracleMachine(RiscVOracleMachine.Sv39Mode, isOdd ? RiscVOracleMachine.UserData : 0), seed);
        Compare<Sv48>(new RiscVOracleMachine(RiscVOracleMachine.Sv48Mode, isOdd ? RiscVOracleMachine.ReadCode : 0), seed);
        Compare<Sv57>(new RiscVOracleMachine(RiscVOracleMachine.Sv57Mode, isOdd ? RiscVOracleMachine.UserData : 0), seed);
        CompareHalf<Granule4K>(12, half, seed % 3 == 0, seed);
        CompareHalf<Granule16K>(14, half, seed % 3 == 0, seed);
        CompareHalf<Granule64K>(16, half, seed % 3 == 0, seed);
    }

    private static void CompareHalf<TGranule>(int shift, AddressHalves half, bool keepsOffUsers, int seed)
        where TGranule : struct, IGranule
    {
        AArch64OracleMachine machine = new(shift, half, keepsOffUsers);
        if (half == AddressHalves.Lower) Compare<AArch64<TGranule, LowerHalf>>(machine, seed);
        else Compare<AArch64<TGranule, UpperHalf>>(machine, seed);
    }

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
