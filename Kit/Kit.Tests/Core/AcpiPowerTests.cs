using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Core;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
public sealed unsafe class AcpiPowerTests
{
    private static readonly byte[] s_softOff = Aml(0x08, "_S5_", 0x12, 0x0A, 0x04, 0x0A, 0x05, 0x0A, 0x06, 0x00, 0x00);

    private readonly List<nint> _tables = new();

    [TearDown]
    public void Free()
    {
        foreach (nint table in _tables)
            NativeMemory.Free((void*)table);
        _tables.Clear();
    }

    [Test]
    public void Ports_and_sleep_types_are_found_through_the_tables()
    {
        AcpiPower power = Read(Fadt(Dsdt(s_softOff)));
        Assert.Multiple(() =>
        {
            Assert.That(power.HasSoftOff);
            Assert.That(power.ControlPortA, Is.EqualTo(0x604));
            Assert.That(power.ControlPortB, Is.EqualTo(0x704));
            Assert.That(power.SleepTypeA, Is.EqualTo(5));
            Assert.That(power.SleepTypeB, Is.EqualTo(6));
            Assert.That(power.ModePort, Is.EqualTo(0xB2));
            Assert.That(power.ModeEnable, Is.EqualTo(0xF1));
            Assert.That(power.ResetPort, Is.EqualTo(0xCF9));
            Assert.That(power.ResetValue, Is.EqualTo(0x0F));
        });
    }

    [Test]
    public void A_name_from_the_root_and_constants_of_one_byte_are_understood()
    {
        AcpiPower power = Read(Fadt(Dsdt(Aml(0x14, 0x08, '\\', "_S5_", 0x12, 0x06, 0x04, 0x01, 0x00, 0x00, 0x00))));
        Assert.That((power.HasSoftOff, power.SleepTypeA, power.SleepTypeB), Is.EqualTo((true, (byte)1, (byte)0)));
    }

    [Test]
    public void A_length_of_two_bytes_is_understood()
    {
        AcpiPower power = Read(Fadt(Dsdt(Aml(0x08, "_S5_", 0x12, 0x47, 0x00, 0x02, 0x0A, 0x07, 0x0A, 0x07))));
        Assert.That((power.HasSoftOff, power.SleepTypeA), Is.EqualTo((true, (byte)7)));
    }

    [Test]
    public void A_mention_of_the_name_that_defines_nothing_is_passed_over()
    {
        Assert.That(Read(Fadt(Dsdt(Aml(0x5B, "_S5_", 0x12, 0x0A, 0x04, 0x0A, 0x05)))).HasSoftOff, Is.False);
        Assert.That(Read(Fadt(Dsdt(Aml(0x08, "_S5_", 0x70)))).HasSoftOff, Is.False);
        Assert.That(Read(Fadt(Dsdt(Aml(0x08, "_S5_", 0x12, 0x0A, 0x04, 0x0A)))).HasSoftOff, Is.False);
        Assert.That(Read(Fadt(Dsdt([]))).HasSoftOff, Is.False);
    }

    [Test]
    public void Tables_with_a_wrong_sum_signature_or_length_are_passed_over()
    {
        nint fadt = Fadt(Dsdt(s_softOff));
        ((byte*)fadt)[50]++;
        Assert.That(Read(fadt).ControlPortA, Is.Zero);

        nint short1 = Table("FACP", new byte[20]);
        Assert.That(Read(short1).ControlPortA, Is.Zero);

        nint dsdt = Dsdt(s_softOff);
        *(uint*)(dsdt + 4) = 20;
        Assert.That(Read(Fadt(dsdt)).HasSoftOff, Is.False);
        Assert.That(Read(Table("SRAT", new byte[100])).ControlPortA, Is.Zero);
    }

    [Test]
    public void Tables_beyond_what_is_mapped_are_passed_over()
    {
        nint fadt = Fadt(Dsdt(s_softOff));
        byte[] rsdp = Rsdp(Xsdt(fadt));
        fixed (byte* pointer = rsdp)
            Assert.That(AcpiPower.Read(pointer, rsdp.Length, 0x1000).ControlPortA, Is.Zero);
        Assert.That(AcpiPower.Read(null, 0, ulong.MaxValue).HasSoftOff, Is.False);
    }

    [Test]
    public void The_reset_register_counts_only_when_it_is_said_to_be_there_and_is_a_port()
    {
        Assert.That(Read(Fadt(Dsdt(s_softOff), flags: 0)).ResetPort, Is.Zero);
        Assert.That(Read(Fadt(Dsdt(s_softOff), space: 0)).ResetPort, Is.Zero);
    }

    private static byte[] Aml(params object[] parts) => parts.SelectMany(p => p switch
    {
        string name => Encoding.ASCII.GetBytes(name),
        char letter => new[] { (byte)letter },
        int value => new[] { (byte)value },
        _ => throw new ArgumentException("no part of byte code"),
    }).ToArray();

    private AcpiPower Read(nint table)
    {
        byte[] rsdp = Rsdp(Xsdt(table));
        fixed (byte* pointer = rsdp)
            return AcpiPower.Read(pointer, rsdp.Length, ulong.MaxValue);
    }

    private static byte[] Rsdp(nint xsdt)
    {
        var rsdp = new byte[36];
        "RSD PTR "u8.CopyTo(rsdp);
        rsdp[15] = 2;
        BitConverter.GetBytes((ulong)xsdt).CopyTo(rsdp, 24);
        return rsdp;
    }

    private nint Xsdt(nint table) => Table("XSDT", MultibootBlock.Join(
        MultibootBlock.U64((ulong)Table("APIC", new byte[8])), MultibootBlock.U64(0), MultibootBlock.U64((ulong)table)));

    private nint Dsdt(byte[] code) => Table("DSDT", code);

    private nint Fadt(nint dsdt, uint flags = 1 << 10, byte space = 1)
    {
        var body = new byte[244 - 36];
        MultibootBlock.U32(0xB2).CopyTo(body, 48 - 36);
        body[52 - 36] = 0xF1;
        MultibootBlock.U32(0x604).CopyTo(body, 64 - 36);
        MultibootBlock.U32(0x704).CopyTo(body, 68 - 36);
        MultibootBlock.U32(flags).CopyTo(body, 112 - 36);
        body[116 - 36] = space;
        MultibootBlock.U64(0xCF9).CopyTo(body, 120 - 36);
        body[128 - 36] = 0x0F;
        MultibootBlock.U64((ulong)dsdt).CopyTo(body, 140 - 36);
        return Table("FACP", body);
    }

    private nint Table(string signature, byte[] body)
    {
        byte[] bytes = MultibootBlock.Join(
            Encoding.ASCII.GetBytes(signature), MultibootBlock.U32((uint)body.Length + 36), new byte[28], body);
        bytes[9] = (byte)-bytes.Sum(b => b);
        byte* table = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(table, bytes.Length));
        _tables.Add((nint)table);
        return (nint)table;
    }
}
