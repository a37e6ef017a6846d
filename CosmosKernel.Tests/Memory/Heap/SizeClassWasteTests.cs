using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>What rounding sizes up to classes costs, for each scheme, as the heap itself counts it: the reason for four classes to a doubling.</summary>
public sealed unsafe class SizeClassWasteTests
{
    private const int Blocks = 5000;
    private const int Seed = 4242;

    /// <summary>Where sizes come from. Log-normal: most objects are small, some are not. Powers: buffers. Uniform: no size preferred.</summary>
    private static readonly Dictionary<string, Func<Random, int>> s_distributions = new()
    {
        ["log-normal, median 64"] = random => Math.Clamp((int)Math.Exp(Math.Log(64) + (1.2 * Normal(random))), 1, 16384),
        ["uniform to 2048"] = random => random.Next(1, 2049),
        ["uniform to 16384"] = random => random.Next(1, 16385),
        ["structs, 8 to 512 by 8"] = random => 8 * random.Next(1, 65),
        ["buffers, powers of two"] = random => 1 << random.Next(3, 15),
    };

    private static IEnumerable<string> Distributions => s_distributions.Keys;

    [TestCaseSource(nameof(Distributions))]
    public void Four_classes_to_a_doubling_waste_at_most_a_tenth_and_half_of_what_powers_of_two_do(string distribution)
    {
        double ours = Waste(distribution, SizeClassScheme.KernelBlocks);
        double veridian = Waste(distribution, SizeClassScheme.Veridian);
        double coal = Waste(distribution, SizeClassScheme.Coal);
        TestContext.Out.WriteLine($"{distribution}: kernel {ours:P1}, VeridianOS {veridian:P1}, Coal {coal:P1}");
        Assert.That(ours, Is.LessThanOrEqualTo(0.1));
        Assert.That(ours, Is.LessThanOrEqualTo(veridian / 2));
        Assert.That(ours, Is.LessThanOrEqualTo(coal / 2));
    }

    [TestCase(SizeClassScheme.KernelBlocks, 37u, 8u, 16384u)]
    [TestCase(SizeClassScheme.Veridian, 12u, 8u, 16384u)]
    [TestCase(SizeClassScheme.Coal, 8u, 16u, 2048u)]
    public void A_scheme_has_the_classes_that_it_is_known_for(SizeClassScheme scheme, uint count, uint first, uint last)
    {
        using HostArena arena = HostArena.Create(256);
        HostHeap heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window, scheme));
        Assert.That(heap.ClassCount, Is.EqualTo(count));
        Assert.That(heap.GetClassStatistics(0).ObjectBytes, Is.EqualTo((ulong)first));
        Assert.That(heap.GetClassStatistics(count - 1).ObjectBytes, Is.EqualTo((ulong)last));
        byte* large = heap.Allocate(last + 1);
        Assert.That(heap.GetStatistics().LargeBlocks, Is.EqualTo(1));
        Assert.That(heap.SizeOf(large), Is.GreaterThan((nuint)last));
        foreach (nuint size in (nuint[])[0, 1, 8, 100, 1024, 1025, last]) Assert.That(heap.Free(heap.Allocate(size)), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(heap.Free(large), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));
    }

    private static double Waste(string distribution, SizeClassScheme scheme)
    {
        using HostArena arena = HostArena.Create(32_768);
        HostHeap heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window, scheme));
        Random random = new(Seed);
        for (int i = 0; i < Blocks; i++) Assert.That(heap.Allocate((nuint)s_distributions[distribution](random)) != null);
        HeapStatistics statistics = heap.GetStatistics();
        return 1 - (statistics.RequestedBytes / (double)statistics.GrantedBytes);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
