using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace MemOS.Tests.Processes;

/// <summary>The bytes of a program in an ELF file, which a test can make as wrong as it likes (System V ABI, gabi chapters 4 and 5).</summary>
internal sealed class ElfFile
{
    public const int HeaderBytes = 64;
    public const int EntryBytes = 56;
    public const int KindAt = 16;
    public const int MachineAt = 18;
    public const int StartAt = 24;
    public const int EntriesAt = 32;
    public const int EntrySizeAt = 54;
    public const int EntryCountAt = 56;
    public const int SegmentKind = 0;
    public const int SegmentFlags = 4;
    public const int SegmentOffset = 8;
    public const int SegmentAddress = 16;
    public const int SegmentFileBytes = 32;
    public const int SegmentBytes = 40;
    public const uint Read = 4;
    public const uint Write = 2;
    public const uint Execute = 1;

    private const uint Load = 1;

    /// <summary>A program with code and data, as a linker lays them out: the code's segment has the headers.</summary>
    public ElfFile(ulong sizeBytes = 0x1800)
    {
        Bytes = new byte[sizeBytes];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(Bytes, 0);
        Put16(KindAt, 2);
        Put16(MachineAt, 62);
        Put64(StartAt, 0x40_0200);
        Put64(EntriesAt, HeaderBytes);
        Put16(EntrySizeAt, EntryBytes);
        Put16(EntryCountAt, 0);
        Add(0, 0x40_0000, 0x800, 0x800, Read | Execute);
        Add(0x800, 0x40_1800, 0x1000, 0x3000, Read | Write);
    }

    /// <summary>The file.</summary>
    public byte[] Bytes { get; set; }

    /// <summary>How many entries its program header has.</summary>
    public int EntryCount => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(EntryCountAt));

    /// <summary>Adds a segment that is loaded.</summary>
    public void Add(ulong offset, ulong address, ulong fileBytes, ulong sizeBytes, uint flags)
    {
        int index = EntryCount;
        Put16(EntryCountAt, (ushort)(index + 1));
        Put32(index, SegmentKind, Load);
        Put32(index, SegmentFlags, flags);
        Put64(index, SegmentOffset, offset);
        Put64(index, SegmentAddress, address);
        Put64(index, SegmentFileBytes, fileBytes);
        Put64(index, SegmentBytes, sizeBytes);
    }

    public void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(at), value);

    public void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(at), value);

    /// <summary>Writes a field of an entry.</summary>
    public void Put32(int entry, int field, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(At(entry, field)), value);

    /// <summary>Writes a field of an entry.</summary>
    public void Put64(int entry, int field, ulong value) => Put64(At(entry, field), value);

    /// <summary>The places of all numbers that say something, and how many bytes each has.</summary>
    public IEnumerable<(int At, int Size)> Fields()
    {
        (int At, int Size)[] header = [(0, 4), (4, 1), (5, 1), (KindAt, 2), (MachineAt, 2), (StartAt, 8), (EntriesAt, 8), (EntrySizeAt, 2), (EntryCountAt, 2)];
        foreach ((int At, int Size) field in header) yield return field;
        for (int entry = 0; entry < EntryCount; entry++)
        {
            foreach (int field in (int[])[SegmentKind, SegmentFlags]) yield return (At(entry, field), 4);
            foreach (int field in (int[])[SegmentOffset, SegmentAddress, SegmentFileBytes, SegmentBytes]) yield return (At(entry, field), 8);
        }
    }

    private static int At(int entry, int field) => HeaderBytes + (entry * EntryBytes) + field;
}
