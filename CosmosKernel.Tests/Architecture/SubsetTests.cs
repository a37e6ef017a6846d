using System.Collections.Generic;
using System.IO;
using System.Linq;
using IL2CPU.Subset;
using MemOS.Tests.Plugs;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

/// <summary>Kernel and plugs keep to what Cosmos's own compiler translates rightly, in both flavours.</summary>
public sealed class SubsetTests
{
    /// <summary>Where a rule is broken knowingly. One that nothing needs any more fails the test.</summary>
    private static readonly SubsetExemption[] s_exemptions =
    [
        new("SUB12", "MemOS.Plugs.Runtime.BootLoaderData.StartMemory", "in the in-tree kit's flavour alone, and before there is a heap to take from"),
        new("SUB02", "MemOS.SelfTest.CollectorChecks/WithFinalizer.Finalize", "a finalizer that throws nothing"),
        new("SUB02", "MemOS.SelfTest.CollectorStress/WithFinalizer.Finalize", "a finalizer that throws nothing"),
        new("SUB02", "MemOS.SelfTest.SharedObjectChecks/Ending.Finalize", "a finalizer that throws nothing"),
    ];

    private static IEnumerable<string> Files =>
        from bits in new[] { 64, 32 }
        from name in new[] { "CosmosKernel.dll", "MemOS.Plugs.dll" }
        select Path.Combine(PlugFlavour.Of(bits).Folder, name);

    [Test]
    public void Kernel_and_plugs_keep_to_the_subset_of_IL2CPU()
    {
        SubsetChecker checker = new(s_exemptions);
        List<SubsetFinding> findings = [.. Files.SelectMany(checker.Check)];
        Assert.That(findings.Select(f => f.ToString()).Distinct(), Is.Empty);
        Assert.That(checker.Unused, Is.Empty, "exemptions without a use");
    }
}
