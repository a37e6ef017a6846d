using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The translation buffers of the one processor that runs.</summary>
public readonly unsafe struct MachineTlb : ITlb
{
    /// <summary>How many processors there are.</summary>
    public static int ProcessorCount => 1;

    /// <summary>What all processors asked each other: nothing.</summary>
    public static TlbCounters Totals => LocalTlb.Own->Counters;

    /// <summary>What one processor asked others.</summary>
    public static ref readonly TlbCounters CountersOf(CpuId cpu)
    {
        _ = cpu;
        return ref LocalTlb.Own->Counters;
    }

    /// <summary>Begins with the processor, which has loaded <paramref name="space"/>; false without memory.</summary>
    /// <param name="space">The kernel's space.</param>
    /// <param name="hasInvpcid">Whether the processor has INVPCID.</param>
    public static bool TryStart(ulong space, bool hasInvpcid)
    {
        LocalTlb.Start(new CpuTlbInstructions(hasInvpcid));
        ProcessorTlb* record = (ProcessorTlb*)KernelMemory.AllocateBlock((nuint)sizeof(ProcessorTlb));
        byte* slots = KernelMemory.AllocateBlock((nuint)StructArray<SpaceSlot>.BytesFor(1));
        if (record == null || slots == null) return false;
        record->Spaces = new LoadedSpaces(new StructArray<SpaceSlot>(slots, 1), space, 0);
        default(ThisProcessor).Current->Translations = record;
        return true;
    }

    /// <inheritdoc/>
    public void Flush(PendingFlush pending) => default(LocalTlb).Flush(pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, PendingFlush pending) => default(LocalTlb).Flush(ref space, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, in FlushBatch batch) => default(LocalTlb).Flush(ref space, in batch);

    /// <inheritdoc/>
    public void Switch(PhysAddr root, ref SpaceTag space) => default(LocalTlb).Switch(root, ref space);

    /// <inheritdoc/>
    public bool IsLoaded(in SpaceTag space) => default(LocalTlb).IsLoaded(in space);
}
