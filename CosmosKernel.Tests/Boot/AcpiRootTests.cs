using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

public sealed unsafe class AcpiRootTests
{
    private AcpiMachine _machine = null!;

    [SetUp]
    public void SetUp() => _machine = new AcpiMachine();

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void A_table_is_found_through_the_list_of_64_bit_addresses()
    {
        ulong slit = _machine.Put(AcpiBytes.Slit(10));
        ulong xsdt = _machine.Put(AcpiBytes.Xsdt(0, 1UL << 60, _machine.Put(AcpiBytes.Srat()), slit));
        Assert.That(Open(AcpiBytes.Pointer(2, 0, xsdt), out AcpiRoot<HostMemory> root), Is.EqualTo(AcpiFault.None));
        Assert.That(root.Count, Is.EqualTo(4));
        Assert.That(root.Find(AcpiSignature.Slit, out AcpiTable<HostMemory> table), Is.EqualTo(AcpiFault.None));
        Assert.That(table.Start.Value, Is.EqualTo(slit));
        Assert.That(table.SizeBytes, Is.EqualTo(45));
    }

    [TestCase((byte)0, 0UL, Description = "ACPI 1")]
    [TestCase((byte)2, 0UL, Description = "no new list")]
    [TestCase((byte)2, 0x1234UL, Description = "the new list cannot be read")]
    public void The_old_list_serves_where_the_new_one_does_not(byte revision, ulong xsdt)
    {
        uint srat = (uint)_machine.Put(AcpiBytes.Srat());
        uint rsdt = (uint)_machine.Put(AcpiBytes.Rsdt(srat));
        Assert.That(Open(AcpiBytes.Pointer(revision, rsdt, xsdt), out AcpiRoot<HostMemory> root), Is.EqualTo(AcpiFault.None));
        Assert.That(root.Count, Is.EqualTo(1));
        Assert.That(root.Find(AcpiSignature.Srat, out _), Is.EqualTo(AcpiFault.None));
        Assert.That(root.Find(AcpiSignature.Slit, out _), Is.EqualTo(AcpiFault.Missing));
    }

    [Test]
    public void Without_a_pointer_or_a_list_there_are_no_tables()
    {
        Assert.That(AcpiRoot<HostMemory>.Open(_machine.Memory, null, 0, out AcpiRoot<HostMemory> root), Is.EqualTo(AcpiFault.Missing));
        Assert.That(root.Find(AcpiSignature.Srat, out _), Is.EqualTo(AcpiFault.Missing));
        Assert.That(Open(AcpiBytes.Pointer(2, 0, 0), out root), Is.EqualTo(AcpiFault.Missing));
        Assert.That(root.Count, Is.Zero);
    }

    [Test]
    public void A_broken_pointer_is_refused()
    {
        byte[] pointer = AcpiBytes.Pointer(0, 0x1000, 0);
        Assert.That(Open(pointer[..19], out _), Is.EqualTo(AcpiFault.WrongLength));
        pointer[10]++;
        Assert.That(Open(pointer, out _), Is.EqualTo(AcpiFault.WrongChecksum));
        pointer[0]++;
        Assert.That(Open(pointer, out _), Is.EqualTo(AcpiFault.WrongSignature));

        byte[] extended = AcpiBytes.Pointer(2, 0, _machine.Put(AcpiBytes.Xsdt()));
        extended[35]++;
        Assert.That(Open(extended, out _), Is.EqualTo(AcpiFault.WrongChecksum), "the second sum covers what ACPI 2 added");
    }

    [Test]
    public void A_broken_table_is_refused()
    {
        byte[] table = AcpiBytes.Slit(10);
        Assert.That(_machine.Open(table, AcpiSignature.Srat, out _), Is.EqualTo(AcpiFault.WrongSignature));
        table[44]++;
        Assert.That(_machine.Open(table, AcpiSignature.Slit, out _), Is.EqualTo(AcpiFault.WrongChecksum));
        foreach ((int length, AcpiFault fault) in new[]
        {
            (35, AcpiFault.WrongLength), (0, AcpiFault.WrongLength), (-1, AcpiFault.WrongLength), ((16 << 20) + 1, AcpiFault.WrongLength),
            (16 << 20, AcpiFault.Unreachable),
        })
        {
            AcpiBytes.Word(length).CopyTo(table, 4);
            Assert.That(_machine.Open(table, AcpiSignature.Slit, out _), Is.EqualTo(fault), length.ToString());
        }
    }

    [Test]
    public void Nothing_is_read_outside_the_readable_memory()
    {
        byte[] table = AcpiBytes.Slit(10, 20, 20, 10);
        ulong start = _machine.Put(table);
        AcpiFault Until(ulong end) =>
            AcpiTable<HostMemory>.Open(_machine.Below(end), PhysAddr.FromTrusted(start), AcpiSignature.Slit, out _);
        Assert.That(Until(start + (ulong)table.Length), Is.EqualTo(AcpiFault.None));
        Assert.That(Until(start + (ulong)table.Length - 1), Is.EqualTo(AcpiFault.Unreachable));
        Assert.That(Until(start + 35), Is.EqualTo(AcpiFault.Unreachable));
        Assert.That(Until(start), Is.EqualTo(AcpiFault.Unreachable));
    }

    [Test]
    public void A_table_that_may_be_one_that_cannot_be_read_is_not_missing()
    {
        ulong srat = _machine.Put(AcpiBytes.Srat());
        Open(AcpiBytes.Pointer(2, 0, _machine.Put(AcpiBytes.Xsdt(0, srat, 5UL << 30))), out AcpiRoot<HostMemory> root);
        Assert.That(root.Find(AcpiSignature.Slit, out _), Is.EqualTo(AcpiFault.Unreachable));
        Assert.That(root.Find(AcpiSignature.Srat, out _), Is.EqualTo(AcpiFault.None));
        Open(AcpiBytes.Pointer(2, 0, _machine.Put(AcpiBytes.Xsdt(0, srat))), out root);
        Assert.That(root.Find(AcpiSignature.Slit, out _), Is.EqualTo(AcpiFault.Missing), "an address of 0 is no table");
    }

    private AcpiFault Open(byte[] pointer, out AcpiRoot<HostMemory> root)
    {
        fixed (byte* bytes = pointer) return AcpiRoot<HostMemory>.Open(_machine.Memory, bytes, pointer.Length, out root);
    }
}
