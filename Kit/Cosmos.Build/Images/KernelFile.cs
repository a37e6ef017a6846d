using System;
using System.Buffers.Binary;
using System.IO;
using Cosmos.Build.Machines;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Images;

/// <summary>What a kernel's ELF file says about the memory that it wants.</summary>
public static class KernelFile
{
    private const uint Magic = 0x464C457F;
    private const byte Is64Bit = 2;
    private const uint Loaded = 1;

    /// <summary>
    /// What the boot loader takes for itself, with 32 KiB of slack: measured with images of 0.8, 1.1 and 2.7 MiB, and with these made
    /// longer at their end by up to 1.6 MiB; from 1,567 to 1,592 KiB.
    /// </summary>
    private const long BootLoaderBytes = 1624 << 10;

    /// <summary>
    /// Usable memory that is enough to load the kernel by BIOS: the boot loader needs room for the image where it goes, and for each
    /// segment but the last again where it is read to, because its own memory lies in the way.
    /// </summary>
    /// <exception cref="ToolException">It is no ELF file.</exception>
    public static MemorySize MemoryNeeded(string path)
    {
        Segments segments = SegmentsOf(path);
        return new((long)(segments.End - segments.Start + (segments.StartOfLast - segments.Start)) + BootLoaderBytes);
    }

    /// <summary>From the first byte that is loaded to the end of the last segment's memory.</summary>
    /// <exception cref="ToolException">It is no ELF file.</exception>
    public static long ImageBytes(string path)
    {
        Segments segments = SegmentsOf(path);
        return (long)(segments.End - segments.Start);
    }

    private static Segments SegmentsOf(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        try
        {
            return Word(file, 0) == Magic
                ? SegmentsOf(file, file[4] == Is64Bit)
                : throw NotElf(path);
        }
        catch (Exception cut) when (cut is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw NotElf(path);
        }
    }

    private static Segments SegmentsOf(ReadOnlySpan<byte> file, bool is64Bit)
    {
        long table = is64Bit ? (long)Long(file, 32) : Word(file, 28);
        int entryBytes = BinaryPrimitives.ReadUInt16LittleEndian(file[(is64Bit ? 54 : 42)..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[(is64Bit ? 56 : 44)..]);
        ulong start = ulong.MaxValue;
        ulong startOfLast = 0;
        ulong end = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = file.Slice(checked((int)table) + (i * entryBytes), entryBytes);
            if (Word(entry, 0) == Loaded)
            {
                ulong address = is64Bit ? Long(entry, 24) : Word(entry, 12);
                ulong size = is64Bit ? Long(entry, 40) : Word(entry, 20);
                start = Math.Min(start, address);
                startOfLast = Math.Max(startOfLast, address);
                end = Math.Max(end, address + size);
            }
        }

        return end > start ? new(start, startOfLast, end) : default;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong Long(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static ToolException NotElf(string path) => new($"{path} is not an ELF file");

    /// <summary>Physical addresses of what is loaded; the end is exclusive.</summary>
    private readonly record struct Segments(ulong Start, ulong StartOfLast, ulong End);
}
