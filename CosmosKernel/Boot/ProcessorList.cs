using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>The processors that can be started, in the order in which they get their numbers: the one that boots first, then as the firmware names them.</summary>
/// <remarks>
/// The table is data from outside, believed whole or not at all: when it is wrong there is the boot processor alone, and <see cref="Fault"/> says
/// why. A processor that is named twice, as by its short and its long number, counts once.
/// </remarks>
public readonly unsafe struct ProcessorList
{
    private readonly StructArray<uint> _apicIds;

    private ProcessorList(in StructArray<uint> apicIds, int count, int leftOut, PhysAddr localApic, AcpiFault fault)
    {
        _apicIds = apicIds;
        Count = count;
        LeftOut = leftOut;
        LocalApic = localApic;
        Fault = fault;
    }

    /// <summary>The storage of a list, in bytes.</summary>
    public static ulong StorageBytes => StructArray<uint>.BytesFor(CpuId.Limit);

    /// <summary>How many there are, at least one.</summary>
    public int Count { get; }

    /// <summary>How many more the firmware names than the kernel has numbers for.</summary>
    public int LeftOut { get; }

    /// <summary>Where each processor finds its own interrupt controller; 0 when the firmware does not say.</summary>
    public PhysAddr LocalApic { get; }

    /// <summary>Why there is the boot processor alone; <see cref="AcpiFault.None"/> when the table was believed.</summary>
    public AcpiFault Fault { get; }

    /// <summary>The number that interrupts are sent to <paramref name="cpu"/> by.</summary>
    public uint ApicIdOf(CpuId cpu)
    {
        KernelAssert.That(cpu.Value < Count, "ProcessorList: no such CPU");
        return _apicIds[cpu.Value];
    }

    /// <summary>Reads the list.</summary>
    /// <param name="memory">Where tables can be read.</param>
    /// <param name="pointer">The root pointer structure (RSDP), as the boot loader copied it; null for none.</param>
    /// <param name="pointerBytes">The bytes of the copy.</param>
    /// <param name="bootApicId">The number of the processor that boots.</param>
    /// <param name="storage"><see cref="StorageBytes"/> bytes, which the list keeps.</param>
    public static ProcessorList Read<TMemory>(in AcpiMemory<TMemory> memory, byte* pointer, int pointerBytes, uint bootApicId, byte* storage)
        where TMemory : struct, IPhysicalMemory
    {
        StructArray<uint> apicIds = new(storage, CpuId.Limit);
        apicIds[0] = bootApicId;
        AcpiFault fault = AcpiRoot<TMemory>.Open(in memory, pointer, pointerBytes, out AcpiRoot<TMemory> root);
        AcpiTable<TMemory> table = default;
        if (fault == AcpiFault.None) fault = root.Find(AcpiSignature.Madt, out table);
        if (fault != AcpiFault.None) return new ProcessorList(in apicIds, 1, 0, PhysAddr.Zero, fault);
        AcpiMadt<TMemory> entries = new(in table);
        int count = 1;
        int leftOut = 0;
        while (entries.TryNext(out AcpiProcessor processor))
        {
            if (!processor.IsEnabled || Contains(in apicIds, count, processor.ApicId)) continue;
            if (count == CpuId.Limit) leftOut++;
            else apicIds[count++] = processor.ApicId;
        }

        if (entries.Fault != AcpiFault.None) return new ProcessorList(in apicIds, 1, 0, PhysAddr.Zero, entries.Fault);
        return new ProcessorList(in apicIds, count, leftOut, PhysAddr.Truncate(entries.LocalApic), AcpiFault.None);
    }

    private static bool Contains(in StructArray<uint> apicIds, int count, uint apicId)
    {
        for (int index = 0; index < count; index++)
        {
            if (apicIds[index] == apicId) return true;
        }

        return false;
    }
}
