using System;
using System.Buffers.Binary;
using System.IO;
using Cosmos.Build.Images;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class KernelFileTests
{
    private string _file = "";

    [SetUp]
    public void MakeFile() => _file = Path.GetTempFileName();

    [TearDown]
    public void RemoveFile() => File.Delete(_file);

    [Test]
    public void Segments_are_counted_from_the_first_byte_to_the_end_of_the_last()
    {
        WriteTwoSegments();
        Assert.That(KernelFile.ImageBytes(_file), Is.EqualTo(0x104234));
    }

    [Test]
    public void All_segments_but_the_last_are_needed_twice()
    {
        WriteTwoSegments();
        Assert.That(KernelFile.MemoryNeeded(_file).Bytes, Is.EqualTo(0x104234 + 0x103000 + (1624 << 10)));
    }

    // Its parts start at 1 MiB, each on a page of its own; the last is a stack of 4 KiB and a few variables.
    [Test]
    public void A_32_bit_file_is_read_too() => Assert.That(KernelFile.ImageBytes(TestImage.Kernel), Is.InRange(4096, 8 * 4096));

    [TestCase("")]
    [TestCase("#!/bin/sh\nexit 1\n")]
    [TestCase("\u007fELF")]
    public void What_is_no_ELF_file_is_refused_by_name(string content)
    {
        File.WriteAllText(_file, content);
        Assert.That(() => KernelFile.ImageBytes(_file), Throws.TypeOf<ToolException>().With.Message.EqualTo($"{_file} is not an ELF file"));
    }

    private void WriteTwoSegments()
    {
        byte[] file = new byte[0x40 + (3 * 56)];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 0x40);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 3);
        WriteSegment(file, 0, type: 1, address: 0x203000, size: 0x1234);
        WriteSegment(file, 1, type: 4, address: 0, size: 0x999999);
        WriteSegment(file, 2, type: 1, address: 0x100000, size: 0x5000);
        File.WriteAllBytes(_file, file);
    }

    private static void WriteSegment(byte[] file, int index, uint type, ulong address, ulong size)
    {
        Span<byte> segment = file.AsSpan(0x40 + (index * 56), 56);
        BinaryPrimitives.WriteUInt32LittleEndian(segment, type);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], size);
    }
}
