using System;
using System.Runtime.InteropServices;
using MemOS.Hardware;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Hardware;

/// <summary>The bytes of the tables against the manual's layouts, written down by hand.</summary>
[TestFixture]
public sealed unsafe class ProcessorTablesTests
{
    private const int SegmentsOffset = 0;
    private const int GatesOffset = 8 * 8;
    private const int TaskOffset = GatesOffset + 256 * 16;

    [Test]
    public void Segments_are_the_manuals()
    {
        Assert.That(SegmentDescriptor.Code64(0).Value, Is.EqualTo(0x00AF_9B00_0000_FFFF));
        Assert.That(SegmentDescriptor.Data(0).Value, Is.EqualTo(0x00CF_9300_0000_FFFF));
        Assert.That(SegmentDescriptor.Data(3).Value, Is.EqualTo(0x00CF_F300_0000_FFFF));
        Assert.That(SegmentDescriptor.Code64(3).Value, Is.EqualTo(0x00AF_FB00_0000_FFFF));
        Assert.That(SegmentDescriptor.TaskState(0xFFFF_8000_1234_5678, 104).Value, Is.EqualTo(0x1200_8934_5678_0067));
    }

    [Test]
    public void A_gate_is_the_manuals()
    {
        GateDescriptor gate = new(0xFFFF_FFFF_8012_3450, ProcessorTables.KernelCode, stackIndex: 2, privilege: 3);
        Assert.That((gate.Low, gate.High), Is.EqualTo((0x8012_EE02_0008_3450ul, 0xFFFF_FFFFul)));
    }

    [Test]
    public void A_task_state_is_the_manuals()
    {
        TaskState task = new(Stacks(0x1000, 0x2000, 0x3000));
        ReadOnlySpan<byte> bytes = new(&task, sizeof(TaskState));
        Assert.That(sizeof(TaskState), Is.EqualTo(104));
        Assert.That(MemoryMarshal.Read<ulong>(bytes[36..]), Is.EqualTo(0x1000));
        Assert.That(MemoryMarshal.Read<ulong>(bytes[44..]), Is.EqualTo(0x2000));
        Assert.That(MemoryMarshal.Read<ulong>(bytes[52..]), Is.EqualTo(0x3000));
        Assert.That(MemoryMarshal.Read<ushort>(bytes[102..]), Is.EqualTo(104));
        Assert.That(bytes[..36].ToArray(), Is.All.Zero);
        Assert.That(bytes[60..102].ToArray(), Is.All.Zero);
    }

    [Test]
    public void The_tables_point_at_each_other_and_at_the_entries()
    {
        ProcessorTables* tables = (ProcessorTables*)NativeMemory.AllocZeroed((nuint)sizeof(ProcessorTables));
        try
        {
            byte* entries = (byte*)0xFFFF_FFFF_8020_0000;
            ProcessorTables.Build(tables, Stacks(0x1000, 0x2000, 0x3000), entries);

            ulong* segments = (ulong*)((byte*)tables + SegmentsOffset);
            ulong task = (ulong)tables + TaskOffset;
            Assert.That(segments[0], Is.Zero);
            Assert.That(segments[1], Is.EqualTo(SegmentDescriptor.Code64(0).Value));
            Assert.That(segments[3], Is.Zero, "programs have no 32-bit code");
            Assert.That(segments[5], Is.EqualTo(SegmentDescriptor.Code64(3).Value));
            Assert.That(segments[6], Is.EqualTo(SegmentDescriptor.TaskState(task, 104).Value));
            Assert.That(segments[7], Is.EqualTo(task >> 32));

            ulong* gates = (ulong*)((byte*)tables + GatesOffset);
            for (int vector = 0; vector < 256; vector++)
            {
                int stack = vector switch { 2 => 1, 8 => 2, 18 => 3, _ => 0 };
                GateDescriptor gate = new((ulong)entries + (ulong)vector * 16, 8, stack, vector is 3 or 4 ? 3 : 0);
                Assert.That((gates[vector * 2], gates[vector * 2 + 1]), Is.EqualTo((gate.Low, gate.High)), $"vector {vector}");
            }

            ProcessorTables.SetStacks(tables, Stacks(0x4000, 0x5000, 0x6000));
            Assert.That(MemoryMarshal.Read<ulong>(new ReadOnlySpan<byte>((byte*)tables + TaskOffset + 44, 8)), Is.EqualTo(0x5000));
        }
        finally
        {
            NativeMemory.Free(tables);
        }
    }

    [Test]
    public void A_table_pointer_is_ten_bytes_with_the_last_bytes_offset_first()
    {
        nuint address = unchecked((nuint)0x1122_3344_5566_7788);
        DescriptorTablePointer pointer = new(address, 4096);
        Assert.That(sizeof(DescriptorTablePointer), Is.EqualTo(10));
        Assert.That(
            new ReadOnlySpan<byte>(&pointer, 10).ToArray(),
            Is.EqualTo(new byte[] { 0xFF, 0x0F, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11 }));
        Assert.That((pointer.SizeBytes, pointer.Address), Is.EqualTo((4096, address)));
    }

    private static InterruptStacks Stacks(ulong nonMaskable, ulong doubleFault, ulong machineCheck)
    {
        return new InterruptStacks(VirtAddr.FromTrusted(nonMaskable), VirtAddr.FromTrusted(doubleFault), VirtAddr.FromTrusted(machineCheck));
    }
}
