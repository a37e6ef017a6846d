using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>What a heap that tracks or checks keeps: records, call stacks, the quarantine, the last faults.</summary>
internal unsafe struct HeapGuard
{
    /// <summary>Faults that are kept for looking at later.</summary>
    internal const int KeptFaults = 8;

    internal HeapOptions Options;
    internal BlockRecords Records;
    internal CallStacks Stacks;
    internal BlockRecord* QuarantineFirst;
    internal BlockRecord* QuarantineLast;
    internal nuint QuarantineBytes;
    internal nuint QuarantineLimit;
    internal nuint QuarantineBlocks;
    internal ulong Allocations;
    internal ulong RequestedBytes;
    internal ulong GrantedBytes;
    internal ulong LiveBlocks;
    internal ulong LiveBytes;
    internal ulong FaultCount;
    internal BlockRecord* ToScan;

    /// <summary>The guarded block that is to be unmapped when the lock is no longer held; null when none is.</summary>
    internal byte* Unmapped;

    /// <summary>Guarded blocks lie from here...</summary>
    internal byte* LowestGuarded;

    /// <summary>...to here; nowhere while both are null.</summary>
    internal byte* GuardedEnd;

    private fixed byte _faults[KeptFaults * FaultBytes];

    // Room for a fault; checked where one is kept.
    private const int FaultBytes = 104;

    internal readonly bool IsChecking => Options.Watch == HeapWatch.Checked;

    /// <summary>Keeps a fault, in the place of the oldest one.</summary>
    internal static void Keep(HeapGuard* guard, in HeapFault fault)
    {
        KernelAssert.That(sizeof(HeapFault) <= FaultBytes, "HeapGuard: a fault does not fit");
        *At(guard, guard->FaultCount % KeptFaults) = fault;
        guard->FaultCount++;
    }

    /// <summary>The fault number <paramref name="number"/>, one of the last <see cref="KeptFaults"/>.</summary>
    internal static HeapFault* At(HeapGuard* guard, ulong number) => (HeapFault*)(guard->_faults + (number % KeptFaults * FaultBytes));

    /// <summary>What is to be unmapped, for who does it.</summary>
    internal byte* TakeUnmapped()
    {
        byte* pages = Unmapped;
        Unmapped = null;
        return pages;
    }

    /// <summary>Puts a freed block behind the others.</summary>
    internal void Enqueue(BlockRecord* record)
    {
        record->Queued = null;
        if (QuarantineLast == null) QuarantineFirst = record;
        else QuarantineLast->Queued = record;
        QuarantineLast = record;
        QuarantineBytes += record->InnerBytes;
        QuarantineBlocks++;
    }

    /// <summary>Takes the block out that was freed first; null when there is none.</summary>
    internal BlockRecord* Dequeue()
    {
        BlockRecord* record = QuarantineFirst;
        if (record == null) return null;
        QuarantineFirst = record->Queued;
        if (QuarantineFirst == null) QuarantineLast = null;
        QuarantineBytes -= record->InnerBytes;
        QuarantineBlocks--;
        return record;
    }
}
