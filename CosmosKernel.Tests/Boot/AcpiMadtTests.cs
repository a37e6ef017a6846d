using System;
using System.Linq;
using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>The processors that the firmware names, in right and in wrong tables.</summary>
public sealed unsafe class AcpiMadtTests
{
    private const uint BootApic = 4;

    private AcpiMachine _machine = null!;
    private NativeStorage _storage;

    [SetUp]
    public void SetUp()
    {
        _machine = new AcpiMachine();
        _storage = new NativeStorage(ProcessorList.StorageBytes);
    }

    [TearDown]
    public void TearDown()
    {
        _machine.Dispose();
        _storage.Dispose();
    }

    [Test]
    public void The_boot_processor_is_first_and_the_others_follow_in_the_order_of_the_table()
    {
        ProcessorList list = Read(AcpiBytes.Madt(0xFEE00000, AcpiBytes.LocalApic(0), AcpiBytes.LocalApic(2), AcpiBytes.LocalApic(4), AcpiBytes.LocalX2Apic(0x1234)));
        Assert.That(Ids(list), Is.EqualTo(new uint[] { 4, 0, 2, 0x1234 }));
        Assert.That(list.LocalApic.Value, Is.EqualTo(0xFEE00000));
        Assert.That(list.Fault, Is.EqualTo(AcpiFault.None));
    }

    [Test]
    public void What_is_disabled_stands_for_all_or_was_named_before_is_no_processor()
    {
        ProcessorList list = Read(AcpiBytes.Madt(0xFEE00000, AcpiBytes.LocalApic(1, flags: 2), AcpiBytes.LocalApic(0xFF), AcpiBytes.LocalX2Apic(uint.MaxValue),
            AcpiBytes.LocalApic(3), AcpiBytes.LocalX2Apic(3), AcpiBytes.LocalX2Apic(5, flags: 0)));
        Assert.That(Ids(list), Is.EqualTo(new uint[] { 4, 3 }));
    }

    [Test]
    public void Entries_about_other_controllers_are_passed_over_and_a_wider_address_counts()
    {
        byte[] ioApic = [1, 12, .. new byte[10]];
        ProcessorList list = Read(AcpiBytes.Madt(0xFEE00000, ioApic, AcpiBytes.LocalApicAddress(0x12_FEE00000), AcpiBytes.LocalApic(7)));
        Assert.That(Ids(list), Is.EqualTo(new uint[] { 4, 7 }));
        Assert.That(list.LocalApic.Value, Is.EqualTo(0x12_FEE00000UL));
    }

    [Test]
    public void More_processors_than_there_are_numbers_for_are_counted_and_left_out()
    {
        byte[][] many = [.. Enumerable.Range(100, 300).Select(id => AcpiBytes.LocalX2Apic((uint)id))];
        ProcessorList list = Read(AcpiBytes.Madt(0xFEE00000, many));
        Assert.That(list.Count, Is.EqualTo(CpuId.Limit));
        Assert.That(list.LeftOut, Is.EqualTo(300 - (CpuId.Limit - 1)));
    }

    [TestCase(0, AcpiFault.WrongEntryLength)]
    [TestCase(1, AcpiFault.WrongEntryLength)]
    [TestCase(7, AcpiFault.WrongEntryLength)]
    [TestCase(9, AcpiFault.WrongEntryLength)]
    public void A_wrong_table_leaves_the_boot_processor_alone(byte length, AcpiFault fault)
    {
        byte[] wrong = AcpiBytes.LocalApic(9);
        wrong[1] = length;
        ProcessorList list = Read(AcpiBytes.Madt(0xFEE00000, AcpiBytes.LocalApic(1), wrong));
        Assert.That(Ids(list), Is.EqualTo(new[] { BootApic }));
        Assert.That(list.Fault, Is.EqualTo(fault));
    }

    [Test]
    public void An_address_that_no_machine_has_and_a_table_without_its_own_fields_are_refused()
    {
        Assert.That(Read(AcpiBytes.Madt(0xFEE00000, AcpiBytes.LocalApic(1), AcpiBytes.LocalApicAddress(1UL << 52))).Fault, Is.EqualTo(AcpiFault.WrongAddress));
        Assert.That(Read(AcpiBytes.Table("APIC", 5, new byte[7])).Fault, Is.EqualTo(AcpiFault.WrongLength));
    }

    [Test]
    public void No_table_is_one_processor()
    {
        ProcessorList list = ProcessorList.Read(_machine.Memory, null, 0, BootApic, _storage.Bytes);
        Assert.That(Ids(list), Is.EqualTo(new[] { BootApic }));
        Assert.That(list.Fault, Is.EqualTo(AcpiFault.Missing));
    }

    [Test]
    public void Any_bytes_end_in_a_list_or_a_named_fault([Range(1, 20)] int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 500; round++)
        {
            byte[] body = new byte[random.Next(200)];
            random.NextBytes(body);
            for (int i = 8; i + 1 < body.Length; i += 2 + random.Next(12)) (body[i], body[i + 1]) = ((byte)random.Next(11), (byte)random.Next(20));
            AcpiFault opened = _machine.Open(AcpiBytes.Table("APIC", 5, body), AcpiSignature.Madt, out AcpiTable<HostMemory> table);
            Assert.That(opened, Is.EqualTo(AcpiFault.None));
            AcpiMadt<HostMemory> entries = new(in table);
            int count = 0;
            while (entries.TryNext(out _)) count++;
            Assert.That(count, Is.LessThanOrEqualTo(body.Length / 8));
            _machine.Dispose();
            _machine = new AcpiMachine();
        }
    }

    private ProcessorList Read(byte[] madt)
    {
        ulong list = _machine.Put(AcpiBytes.Xsdt(_machine.Put(madt)));
        byte[] pointer = AcpiBytes.Pointer(2, 0, list);
        fixed (byte* start = pointer) return ProcessorList.Read(_machine.Memory, start, pointer.Length, BootApic, _storage.Bytes);
    }

    private static uint[] Ids(ProcessorList list) => [.. Enumerable.Range(0, list.Count).Select(cpu => list.ApicIdOf(CpuId.FromTrusted(cpu)))];
}
