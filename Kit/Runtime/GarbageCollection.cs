using System.Runtime;
using System.Runtime.InteropServices;
using Cosmos.Core;
using Cosmos.Core.Memory;

namespace Kit.Runtime;

/// <summary>Handles: a word that holds a reference, and for dependent ones a second.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HandleSlot
{
    public nint Target;
    public nint Secondary;
    public int Kind;
    public int Unused;
    public HandleSlot* Next;
}

/// <summary>GC handles in raw blocks with a free list. All are strong: nothing is collected yet.</summary>
internal static unsafe class Handles
{
    private const int SlotsPerBlock = 64;
    private const int KindFree = -1;
    private const int KindDependent = 6;

    private static HandleSlot* s_free;

    [RuntimeExport("RhpHandleAlloc")]
    private static HandleSlot* Allocate(nint target, int kind)
    {
        HandleSlot* slot = Take();
        if (slot == null)
            return null;
        slot->Kind = kind;
        slot->Target = target;
        return slot;
    }

    [RuntimeExport("RhpHandleAllocDependent")]
    private static HandleSlot* AllocateDependent(nint target, nint secondary)
    {
        HandleSlot* slot = Allocate(target, KindDependent);
        if (slot != null)
            slot->Secondary = secondary;
        return slot;
    }

    [RuntimeExport("RhHandleFree")]
    private static void Free(HandleSlot* slot)
    {
        *slot = default;
        slot->Kind = KindFree;
        slot->Next = s_free;
        s_free = slot;
    }

    [RuntimeExport("RhHandleGet")]
    private static nint Get(HandleSlot* slot)
    {
        return slot->Target;
    }

    [RuntimeExport("RhHandleSet")]
    private static HandleSlot* Set(HandleSlot* slot, nint target)
    {
        slot->Target = target;
        return slot;
    }

    [RuntimeExport("RhHandleGetDependent")]
    private static nint GetDependent(HandleSlot* slot, nint* secondary)
    {
        *secondary = slot->Secondary;
        return slot->Target;
    }

    [RuntimeExport("RhHandleSetDependentSecondary")]
    private static void SetDependentSecondary(HandleSlot* slot, nint secondary)
    {
        slot->Secondary = secondary;
    }

    private static HandleSlot* Take()
    {
        if (s_free == null && !TryGrow())
            return null;
        HandleSlot* slot = s_free;
        s_free = slot->Next;
        *slot = default;
        return slot;
    }

    private static bool TryGrow()
    {
        HandleSlot* block = (HandleSlot*)Heap.Alloc((uint)(SlotsPerBlock * sizeof(HandleSlot)));
        if (block == null)
            return false;
        for (int i = SlotsPerBlock - 1; i >= 0; i--)
            Free(block + i);
        return true;
    }
}

/// <summary>What <c>System.GC</c> asks. The kit's default memory is never collected; a kernel's memory manager answers by plugs.</summary>
internal static unsafe class GarbageCollector
{
    private const int NoGcRegionNotPossible = 1;

    [RuntimeExport("RhpCollect")]
    private static void Collect(int generation, int mode, bool lowMemory)
    {
        Heap.Collect();
    }

    [RuntimeExport("RhSuppressFinalize")]
    private static void SuppressFinalize(nint value)
    {
    }

    [RuntimeExport("RhReRegisterForFinalize")]
    private static bool ReRegisterForFinalize(nint value)
    {
        return true;
    }

    [RuntimeExport("RhpGetNextFinalizableObject")]
    private static nint GetNextFinalizableObject()
    {
        return 0;
    }

    [RuntimeExport("RhpGetGcTotalMemory")]
    private static long GetGcTotalMemory()
    {
        return (long)GCImplementation.GetUsedRAM();
    }

    [RuntimeExport("RhGetMemoryInfo")]
    private static void GetMemoryInfo(void* info, int kind)
    {
    }

    [RuntimeExport("RhGetGcCollectionCount")]
    private static int GetGcCollectionCount(int generation, bool special)
    {
        return 0;
    }

    [RuntimeExport("RhGetMaxGcGeneration")]
    private static int GetMaxGcGeneration()
    {
        return 0;
    }

    [RuntimeExport("RhGetGeneration")]
    private static int GetGeneration(nint value)
    {
        return 0;
    }

    [RuntimeExport("RhIsPromoted")]
    private static bool IsPromoted(nint value)
    {
        return true;
    }

    [RuntimeExport("RhIsServerGc")]
    private static bool IsServerGc()
    {
        return false;
    }

    [RuntimeExport("RhGetTotalAllocatedBytes")]
    private static long GetTotalAllocatedBytes()
    {
        return (long)GCImplementation.GetUsedRAM();
    }

    [RuntimeExport("RhRegisterForGCReporting")]
    private static void RegisterForGcReporting(void* registration)
    {
    }

    [RuntimeExport("RhUnregisterForGCReporting")]
    private static void UnregisterForGcReporting(void* registration)
    {
    }

    [RuntimeExport("RhCompareObjectContentsAndPadding")]
    private static bool CompareObjectContents(nint left, nint right)
    {
        MethodTable* type = *(MethodTable**)left;
        uint bytes = type->BaseSize - (2 * Objects.HeaderBytes);
        byte* a = (byte*)left + sizeof(void*);
        byte* b = (byte*)right + sizeof(void*);
        for (uint i = 0; i < bytes; i++)
        {
            if (a[i] != b[i])
                return false;
        }

        return true;
    }

    [RuntimeExport("RhRegisterGcCallout")]
    private static bool RegisterGcCallout(int kind, void* callout)
    {
        return true;
    }

    // Positive count: so many series of two words; negative: one series whose items are two half words (the runtime's GCDesc).
    [RuntimeExport("RhGetGCDescSize")]
    private static int GetGcDescSize(MethodTable* type)
    {
        if (!type->ContainsPointers)
            return 0;
        nint series = ((nint*)type)[-1];
        return (int)(series > 0 ? sizeof(nint) + (series * 2 * sizeof(nint)) : (2 * sizeof(nint)) + (-series * sizeof(nint)));
    }

    [RuntimeExport("RhpStartNoGCRegion")]
    private static int StartNoGcRegion(long totalBytes, bool hasLargeObjectBytes, long largeObjectBytes, bool noBlocking)
    {
        return NoGcRegionNotPossible;
    }

    [RuntimeExport("RhpEndNoGCRegion")]
    private static int EndNoGcRegion()
    {
        return NoGcRegionNotPossible;
    }

    // There is no finalizer thread to wait for.
    [RuntimeExport("RhWaitForPendingFinalizers")]
    private static void WaitForPendingFinalizers(int allowReentrantWait)
    {
    }

    [RuntimeExport("RhpWaitForFinalizerRequest")]
    private static uint WaitForFinalizerRequest()
    {
        return 0;
    }

    [RuntimeExport("RhpSignalFinalizationComplete")]
    private static void SignalFinalizationComplete(uint count, int observe)
    {
    }
}
