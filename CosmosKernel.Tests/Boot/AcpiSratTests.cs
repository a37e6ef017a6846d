using System.Collections.Generic;
using MemOS.Boot;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

public sealed class AcpiSratTests
{
    private AcpiMachine _machine = null!;

    [SetUp]
    public void SetUp() => _machine = new AcpiMachine();

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void Entries_of_all_kinds_are_read()
    {
        byte[] srat = AcpiBytes.Srat(
            AcpiBytes.Processor(0x01020304, 7),
            AcpiBytes.X2Apic(0xFFFFFFFE, 0x12345678),
            AcpiBytes.Ram(5, 0x1_0000_0000, 0x4000_0000, AcpiBytes.Enabled | AcpiBytes.HotPluggable),
            AcpiBytes.Ram(6, 0, 0x1000, AcpiBytes.Enabled | AcpiBytes.NonVolatile),
            AcpiBytes.Initiator(9));
        Assert.That(Entries(srat, out AcpiFault fault), Is.EqualTo(new[]
        {
            "Processor 16909060 apic 7",
            "Processor 4294967294 apic 305419896",
            "Memory 5 P:0x100000000 + 0x40000000 HotPluggable",
            "Memory 6 P:0x0 + 0x1000 NonVolatile",
            "Initiator 9",
        }));
        Assert.That(fault, Is.EqualTo(AcpiFault.None));
    }

    [Test]
    public void Disabled_entries_and_unknown_types_are_passed_over()
    {
        byte[] srat = AcpiBytes.Srat(
            AcpiBytes.Processor(1, 1, 0),
            [3, 18, .. new byte[16]],
            AcpiBytes.X2Apic(1, 1, 0),
            [200, 2],
            AcpiBytes.Ram(1, 0, 4096, AcpiBytes.HotPluggable),
            AcpiBytes.Initiator(1, 0),
            AcpiBytes.Processor(4, 2));
        Assert.That(Entries(srat, out AcpiFault fault), Is.EqualTo(new[] { "Processor 4 apic 2" }));
        Assert.That(fault, Is.EqualTo(AcpiFault.None));
    }

    [Test]
    public void The_first_revision_has_domains_of_one_byte()
    {
        byte[] srat = AcpiBytes.Srat(1, AcpiBytes.Processor(0xAABBCC02, 1), AcpiBytes.Ram(0xAABBCC03, 0, 4096));
        Assert.That(Entries(srat, out _), Is.EqualTo(new[] { "Processor 2 apic 1", "Memory 3 P:0x0 + 0x1000 None" }));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(17)]
    public void An_entry_of_a_wrong_length_ends_the_walk(byte length)
    {
        byte[] wrong = AcpiBytes.Processor(2, 2);
        wrong[1] = length;
        Assert.That(Entries(AcpiBytes.Srat(AcpiBytes.Processor(1, 1), wrong), out AcpiFault fault), Is.EqualTo(new[] { "Processor 1 apic 1" }));
        Assert.That(fault, Is.EqualTo(AcpiFault.WrongEntryLength));
    }

    [Test]
    public void A_single_byte_at_the_end_is_a_wrong_entry()
    {
        Assert.That(Entries(AcpiBytes.Srat([[0]]), out AcpiFault fault), Is.Empty);
        Assert.That(fault, Is.EqualTo(AcpiFault.WrongEntryLength));
    }

    [Test]
    public void A_table_without_room_for_its_own_fields_is_too_short()
    {
        Assert.That(Entries(AcpiBytes.Table("SRAT", 3, new byte[11]), out AcpiFault fault), Is.Empty);
        Assert.That(fault, Is.EqualTo(AcpiFault.WrongLength));
    }

    [TestCase(1UL << 52, 4096UL)]
    [TestCase(4096UL, 1UL << 52)]
    [TestCase(ulong.MaxValue, 1UL)]
    [TestCase(4096UL, ulong.MaxValue)]
    public void Memory_beyond_the_widest_address_is_wrong(ulong start, ulong sizeBytes)
    {
        Assert.That(Entries(AcpiBytes.Srat(AcpiBytes.Ram(0, start, sizeBytes)), out AcpiFault fault), Is.Empty);
        Assert.That(fault, Is.EqualTo(AcpiFault.WrongAddress));
    }

    [Test]
    public void Distances_are_those_of_the_table()
    {
        Assert.That(Slit(AcpiBytes.Slit(10, 21, 31, 11, 10, 255, 12, 13, 10), out AcpiSlit<HostMemory> slit), Is.EqualTo(AcpiFault.None));
        Assert.That(slit.DomainCount, Is.EqualTo(3));
        Assert.That(slit.Distance(0, 2), Is.EqualTo(31));
        Assert.That(slit.Distance(2, 0), Is.EqualTo(12));
        Assert.That(slit.Distance(1, 2), Is.EqualTo(255));
    }

    [TestCase(new byte[] { 11 }, Description = "not 10 from itself")]
    [TestCase(new byte[] { 10, 10, 20, 10 }, Description = "as near as itself")]
    [TestCase(new byte[] { 10, 20, 9, 10 }, Description = "reserved")]
    public void Impossible_distances_are_refused(byte[] distances) =>
        Assert.That(Slit(AcpiBytes.Slit(distances), out _), Is.EqualTo(AcpiFault.WrongDistance));

    [TestCase(3UL)]
    [TestCase(0x1_0000_0000UL)]
    [TestCase(0x8000_0000_0000_0000UL)]
    [TestCase(ulong.MaxValue)]
    public void A_table_that_lacks_distances_is_too_short(ulong count)
    {
        byte[] slit = AcpiBytes.Slit(10, 20, 20, 10);
        AcpiBytes.Long(count).CopyTo(slit, 36);
        Assert.That(Slit(AcpiBytes.Sum(slit), out _), Is.EqualTo(AcpiFault.WrongLength));
    }

    [Test]
    public void A_distance_table_without_its_count_is_too_short() =>
        Assert.That(Slit(AcpiBytes.Table("SLIT", 1, new byte[7]), out _), Is.EqualTo(AcpiFault.WrongLength));

    private AcpiFault Slit(byte[] bytes, out AcpiSlit<HostMemory> slit)
    {
        Assert.That(_machine.Open(bytes, AcpiSignature.Slit, out AcpiTable<HostMemory> table), Is.EqualTo(AcpiFault.None));
        return AcpiSlit<HostMemory>.Read(in table, out slit);
    }

    private List<string> Entries(byte[] bytes, out AcpiFault fault)
    {
        Assert.That(_machine.Open(bytes, AcpiSignature.Srat, out AcpiTable<HostMemory> table), Is.EqualTo(AcpiFault.None));
        List<string> entries = [];
        AcpiSrat<HostMemory> srat = new(in table);
        while (srat.TryNext(out AcpiAffinity entry))
        {
            entries.Add($"{entry.Kind} {entry.Domain}" + entry.Kind switch
            {
                AcpiAffinityKind.Processor => $" apic {entry.ApicId}",
                AcpiAffinityKind.Memory => $" {entry.Start} + 0x{entry.SizeBytes:x} {entry.Traits}",
                _ => "",
            });
        }

        fault = srat.Fault;
        return entries;
    }
}
