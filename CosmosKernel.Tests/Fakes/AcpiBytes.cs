using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace MemOS.Tests.Fakes;

/// <summary>ACPI tables as a firmware writes them, byte by byte after the specification.</summary>
public static class AcpiBytes
{
    public const int Enabled = 1;
    public const int HotPluggable = 2;
    public const int NonVolatile = 4;

    /// <summary>A table with a right length and checksum.</summary>
    public static byte[] Table(string signature, byte revision, params IEnumerable<byte> body)
    {
        List<byte> bytes = [.. Encoding.ASCII.GetBytes(signature), .. new byte[4], revision, 0, .. Encoding.ASCII.GetBytes("MEMOS MEMOSTST"), .. new byte[12], .. body];
        byte[] table = [.. bytes];
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        return Sum(table);
    }

    /// <summary>Puts the checksum of an ordinary table right.</summary>
    public static byte[] Sum(byte[] table) => Sum(table, 9, table.Length);

    public static byte[] Srat(params byte[][] entries) => Srat(3, entries);

    public static byte[] Srat(byte revision, params byte[][] entries)
    {
        List<byte> body = [1, .. new byte[11]];
        foreach (byte[] entry in entries) body.AddRange(entry);
        return Table("SRAT", revision, body);
    }

    /// <summary>A processor by its 8-bit APIC number (type 0).</summary>
    public static byte[] Processor(uint domain, byte apicId, int flags = Enabled) =>
        [0, 16, (byte)domain, apicId, .. Word(flags), 0, (byte)(domain >> 8), (byte)(domain >> 16), (byte)(domain >> 24), .. Word(0)];

    /// <summary>A range of memory (type 1).</summary>
    public static byte[] Ram(uint domain, ulong start, ulong sizeBytes, int flags = Enabled) =>
        [1, 40, .. Word((int)domain), 0, 0, .. Long(start), .. Long(sizeBytes), .. Word(0), .. Word(flags), .. Long(0)];

    /// <summary>A processor by its 32-bit APIC number (type 2).</summary>
    public static byte[] X2Apic(uint domain, uint apicId, int flags = Enabled) =>
        [2, 24, 0, 0, .. Word((int)domain), .. Word((int)apicId), .. Word(flags), .. Word(0), .. Word(0)];

    /// <summary>A generic initiator (type 5).</summary>
    public static byte[] Initiator(uint domain, int flags = Enabled) =>
        [5, 32, 0, 1, .. Word((int)domain), .. new byte[16], .. Word(flags), .. Word(0)];

    /// <summary>A MADT.</summary>
    public static byte[] Madt(uint localApic, params byte[][] entries)
    {
        List<byte> body = [.. Word((int)localApic), .. Word(1)];
        foreach (byte[] entry in entries) body.AddRange(entry);
        return Table("APIC", 5, body);
    }

    /// <summary>A processor of a MADT by its 8-bit number (type 0).</summary>
    public static byte[] LocalApic(byte apicId, int flags = Enabled) => [0, 8, apicId, apicId, .. Word(flags)];

    /// <summary>A processor of a MADT by its 32-bit number (type 9).</summary>
    public static byte[] LocalX2Apic(uint apicId, int flags = Enabled) => [9, 16, 0, 0, .. Word((int)apicId), .. Word(flags), .. Word(0)];

    /// <summary>A wider address of the processors' interrupt controllers (type 5).</summary>
    public static byte[] LocalApicAddress(ulong address) => [5, 12, 0, 0, .. Long(address)];

    /// <summary>Distances row by row; as many as a square has.</summary>
    public static byte[] Slit(params byte[] distances) =>
        Table("SLIT", 1, [.. Long((ulong)Math.Sqrt(distances.Length)), .. distances]);

    public static byte[] Xsdt(params ulong[] tables)
    {
        List<byte> body = [];
        foreach (ulong table in tables) body.AddRange(Long(table));
        return Table("XSDT", 1, body);
    }

    public static byte[] Rsdt(params uint[] tables)
    {
        List<byte> body = [];
        foreach (uint table in tables) body.AddRange(Word((int)table));
        return Table("RSDT", 1, body);
    }

    /// <summary>A root pointer of ACPI 2, or of ACPI 1 with a revision of 0: that one ends after 20 bytes.</summary>
    public static byte[] Pointer(byte revision, uint rsdt, ulong xsdt)
    {
        byte[] pointer = [.. "RSD PTR "u8, 0, .. "MEMOS "u8, revision, .. Word((int)rsdt), .. Word(36), .. Long(xsdt), 0, 0, 0, 0];
        Sum(pointer, 8, 20);
        return revision == 0 ? pointer[..20] : Sum(pointer, 32, 36);
    }

    public static byte[] Word(int value) => BitConverter.GetBytes(value);

    public static byte[] Long(ulong value) => BitConverter.GetBytes(value);

    private static byte[] Sum(byte[] bytes, int place, int count)
    {
        bytes[place] = 0;
        byte sum = 0;
        foreach (byte value in bytes.AsSpan(0, count)) sum += value;
        bytes[place] = (byte)-sum;
        return bytes;
    }
}
