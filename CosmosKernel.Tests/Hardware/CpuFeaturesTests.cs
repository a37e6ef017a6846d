using System.Collections.Generic;
using MemOS.Hardware;
using NUnit.Framework;

namespace MemOS.Tests.Hardware;

[TestFixture]
public sealed class CpuFeaturesTests
{
    // A made-up processor with five-level paging, without x2APIC, fast strings and encryption.
    private static readonly TableCpuid s_processor = new(new()
    {
        [(0, 0)] = (0xD, 0, 0, 0),
        [(1, 0)] = (0, 0, 0x7EDA_3223, 0x0FAB_FBFF),
        [(7, 0)] = (1, 0x219C_05AB, 0x0041_800C, 0),
        [(7, 1)] = (0, 0, 0, 0),
        [(0x8000_0000, 0)] = (0x8000_000A, 0, 0, 0),
        [(0x8000_0001, 0)] = (0, 0, 0, 0x2FD3_FBFF),
        [(0x8000_0008, 0)] = (0x3928, 0, 0, 0),
    });

    [TestCase(CpuFeature.Nx, true)]
    [TestCase(CpuFeature.Pages1G, true)]
    [TestCase(CpuFeature.Smep, true)]
    [TestCase(CpuFeature.Smap, true)]
    [TestCase(CpuFeature.La57, true)]
    [TestCase(CpuFeature.Umip, true)]
    [TestCase(CpuFeature.Pku, true)]
    [TestCase(CpuFeature.Pcid, true)]
    [TestCase(CpuFeature.Rdrand, true)]
    [TestCase(CpuFeature.Rdseed, true)]
    [TestCase(CpuFeature.X2Apic, false)]
    [TestCase(CpuFeature.Erms, false)]
    [TestCase(CpuFeature.Sev, false)]
    public void Each_feature_is_read_from_its_bit(CpuFeature feature, bool expected) =>
        Assert.That(CpuFeatures.Read(s_processor).Has(feature), Is.EqualTo(expected));

    [Test]
    public void Address_widths_come_from_their_leaf_or_are_the_architectures_default()
    {
        CpuFeatures features = CpuFeatures.Read(s_processor);
        Assert.That(features.PhysicalAddressBits, Is.EqualTo(40));
        Assert.That(features.VirtualAddressBits, Is.EqualTo(57));
        CpuFeatures nothing = CpuFeatures.Read(new TableCpuid([]));
        Assert.That(nothing.PhysicalAddressBits, Is.EqualTo(36));
        Assert.That(nothing.VirtualAddressBits, Is.EqualTo(48));
    }

    [Test]
    public void Leaves_that_the_processor_does_not_have_count_as_zero()
    {
        // A processor without a leaf answers with the data of its highest one.
        TableCpuid old = new(new() { [(0, 0)] = (1, 0, 0, 0), [(1, 0)] = (0, 0, 0, 1 << 4) }, (~0U, ~0U, ~0U, ~0U));
        CpuFeatures features = CpuFeatures.Read(old);
        Assert.That(features.Has(CpuFeature.Tsc));
        Assert.That(features.Has(CpuFeature.Smep), Is.False);
        Assert.That(features.Has(CpuFeature.Tdx), Is.False);
    }

    [Test]
    public void Missing_features_are_named_in_turn()
    {
        Assert.That(CpuFeatures.Read(s_processor).IsSufficient);
        TableCpuid without = new(new()
        {
            [(0, 0)] = (1, 0, 0, 0),
            [(1, 0)] = (0, 0, 0, 0x0FAB_FBFF & ~(1U << 26)),
            [(0x8000_0000, 0)] = (0x8000_0001, 0, 0, 0),
            [(0x8000_0001, 0)] = (0, 0, 0, 1U << 29),
        });
        CpuFeatures features = CpuFeatures.Read(without);
        List<CpuFeature> missing = [];
        for (int from = 0; features.TryNextMissing(from, out CpuFeature feature); from = (int)feature + 1) missing.Add(feature);
        Assert.That(missing, Is.EqualTo(new[] { CpuFeature.Nx, CpuFeature.Sse2 }));
        Assert.That(features.IsSufficient, Is.False);
    }

    [Test]
    public void A_TDX_guest_is_known_by_the_modules_name()
    {
        TableCpuid guest = new(new()
        {
            [(0, 0)] = (0x21, 0, 0, 0),
            [(0x21, 0)] = (0, Word("Inte"), Word("    "), Word("lTDX")),
        });
        Assert.That(CpuFeatures.Read(guest).Has(CpuFeature.Tdx));
    }

    [Test]
    public void A_feature_is_used_only_when_it_is_switched_on()
    {
        CpuFeatures features = CpuFeatures.Read(s_processor);
        CpuFeatureUse off = new(features, new CpuControl(0, 0, PageAttributeTable.ResetValue), 0);
        CpuFeatureUse on = new(features, new CpuControl(ulong.MaxValue, ulong.MaxValue, PageAttributeTable.Value), 1UL << 30);
        CpuFeature[] switched =
        [
            CpuFeature.Nx, CpuFeature.Pge, CpuFeature.Pat, CpuFeature.Pages1G, CpuFeature.Smep, CpuFeature.Smap, CpuFeature.Pcid, CpuFeature.Umip,
        ];
        foreach (CpuFeature feature in switched)
        {
            Assert.That(off.StateOf(feature), Is.EqualTo(CpuFeatureState.Unused), feature.ToString());
            Assert.That(on.StateOf(feature), Is.EqualTo(CpuFeatureState.Used), feature.ToString());
        }

        Assert.That(on.StateOf(CpuFeature.X2Apic), Is.EqualTo(CpuFeatureState.Absent));
        Assert.That(on.StateOf(CpuFeature.Mtrr), Is.EqualTo(CpuFeatureState.Unused));
    }

    [Test]
    public void Each_feature_has_a_name_and_a_reason()
    {
        HashSet<string> names = [];
        for (int number = 0; number < CpuFeatures.Count; number++)
        {
            Assert.That(names.Add(CpuFeatureUse.NameOf((CpuFeature)number)), $"{(CpuFeature)number}");
            Assert.That(CpuFeatureUse.ReasonFor((CpuFeature)number), Is.Not.Empty);
        }

        Assert.That(names, Does.Not.Contain("?"));
    }

    private static uint Word(string text) => (uint)(text[0] | text[1] << 8 | text[2] << 16 | text[3] << 24);

    private readonly struct TableCpuid(
        Dictionary<(uint Leaf, uint Subleaf), (uint Eax, uint Ebx, uint Ecx, uint Edx)> answers,
        (uint Eax, uint Ebx, uint Ecx, uint Edx) otherwise = default) : ICpuid
    {
        public void Read(uint leaf, uint subleaf, out uint eax, out uint ebx, out uint ecx, out uint edx) =>
            (eax, ebx, ecx, edx) = answers.TryGetValue((leaf, subleaf), out var answer) ? answer : otherwise;
    }
}
