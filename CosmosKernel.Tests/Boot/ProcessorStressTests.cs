using System;
using System.Collections.Generic;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>All processors do everything at once; afterwards nothing is lost and the checks hold.</summary>
[Category("Boot")]
public sealed class ProcessorStressTests
{
    [TestCase(2, 1, 1)]
    [TestCase(4, 2, 2)]
    public void Nothing_is_lost_and_nobody_waits_for_ever(int cpus, int nodes, int seed) => Stress(cpus, nodes, seed, 10);

    [Test]
    [Category("Long")]
    public void Nothing_is_lost_in_a_minute([Range(1, 20)] int seed) => Stress(2 + (seed % 3), 1 + (seed % 2), seed, 60);

    private static void Stress(int cpus, int nodes, int seed, int seconds)
    {
        MachineOptions options = BuiltImages.MemOS with { Cpus = cpus, Memory = nodes == 1 ? MemorySize.Parse("256M") : null };
        if (nodes == 2) options = options with { NumaNodes = [MemorySize.Parse("128M"), MemorySize.Parse("128M")] };
        using BootedMachine machine = BootedMachine.Start(options);
        IReadOnlyList<string> said = machine.RunOk($"stress smp {seconds}s {seed}", TimeSpan.FromSeconds(seconds) + TimeSpan.FromMinutes(2));
        Assert.That(said[^2], Does.Match($"^{cpus} processors: [1-9][0-9]* operations in [0-9]+ ms, [1-9][0-9]* things handed over, "), machine.Transcript);
        Assert.That(said[^1], Does.Match("^[1-9][0-9]* looks through mappings of others, [1-9][0-9]* of them faults that were due$"), machine.Transcript);
        Assert.That(machine.RunOk("selftest processors")[^1], Does.Match("^selftest: [1-9][0-9]* passed, 0 failed$"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }
}
