using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cosmos.Core;
using Cosmos.Core.Memory;

namespace Kit.Runtime;

/// <summary>GC handles, made by <see cref="GCServices"/>.</summary>
internal static unsafe class Handles
{
    private const int KindDependent = 6;

    [RuntimeExport("RhpHandleAlloc")]
    private static GCHandleSlot* Allocate(nuint target, int kind)
    {
        return GCServices.AllocHandle(target, 0, kind);
    }

    [RuntimeExport("RhpHandleAllocDependent")]
    private static GCHandleSlot* AllocateDependent(nuint target, nuint secondary)
    {
        return GCServices.AllocHandle(target, secondary, KindDependent);
    }

    [RuntimeExport("RhHandleFree")]
    private static void Free(GCHandleSlot* slot)
    {
        GCServices.FreeHandle(slot);
    }

    [RuntimeExport("RhHandleGet")]
    private static nuint Get(GCHandleSlot* slot)
    {
        return slot->Target;
    }

    [RuntimeExport("RhHandleSet")]
    private static GCHandleSlot* Set(GCHandleSlot* slot, nuint target)
    {
        slot->Target = target;
        return slot;
    }

    [RuntimeExport("RhHandleGetDependent")]
    private static nuint GetDependent(GCHandleSlot* slot, nuint* secondary)
    {
        *secondary = slot->Secondary;
        return slot->Target;
    }

    [RuntimeExport("RhHandleSetDependentSecondary")]
    private static void SetDependentSecondary(GCHandleSlot* slot, nuint secondary)
    {
        slot->Secondary = secondary;
    }
}

/// <summary>Runs finalizers, where a program waits for them or between two rounds of the kernel: never in the midst of an allocation.</summary>
internal static unsafe class Finalizers
{
    // The thread that runs them; 0 when none does.
    private static int s_runner;

    /// <summary>Installs itself.</summary>
    public static void Install()
    {
        GCServices.FinalizerHook = &Run;
    }

    /// <summary>Runs the finalizers that are due, unless another thread does. What one throws is reported, and the next one runs.</summary>
    public static void Run()
    {
        if (System.Threading.Interlocked.CompareExchange(ref s_runner, (int)Threads.Current()->Id, 0) != 0)
            return;
        while (!TryDrain())
        {
        }

        System.Threading.Volatile.Write(ref s_runner, 0);
    }

    private static bool TryDrain()
    {
        try
        {
            DrainQueue(null);
            return true;
        }
        catch (Exception exception)
        {
            EarlyConsole.Write("\nAn exception left a finalizer. ");
            UnhandledException.Write(exception);
            return false;
        }
    }

    // CoreLib's loop over RhpGetNextFinalizableObject: it knows where a type keeps its finalizer.
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "DrainQueue")]
    private static extern uint DrainQueue([UnsafeAccessorType("System.Runtime.__Finalizer")] object? finalizer);

    [RuntimeExport("RhpNewFinalizable")]
    private static nint NewFinalizable(MethodTable* type)
    {
        return Allocation.Begin(type, GCServices.AllocFinalizable(type->BaseSize));
    }

    [RuntimeExport("RhSuppressFinalize")]
    private static void SuppressFinalize(nuint value)
    {
        if (HasFinalizer(value))
            GCServices.SuppressFinalize(value);
    }

    [RuntimeExport("RhReRegisterForFinalize")]
    private static bool ReRegisterForFinalize(nuint value)
    {
        return !HasFinalizer(value) || GCServices.ReRegisterForFinalize(value);
    }

    [RuntimeExport("RhpGetNextFinalizableObject")]
    private static nuint GetNextFinalizableObject()
    {
        return GCServices.NextFinalizable();
    }

    // There is no finalizer thread to wait for: who waits runs them, after those that another thread is running; a finalizer does not wait for itself.
    [RuntimeExport("RhWaitForPendingFinalizers")]
    private static void WaitForPendingFinalizers(int allowReentrantWait)
    {
        while (System.Threading.Volatile.Read(ref s_runner) is not 0 and int runner && runner != (int)Threads.Current()->Id)
        {
            if (!ThreadServices.Yield())
                CPU.Pause();
        }

        Run();
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

    private static bool HasFinalizer(nuint value)
    {
        return (*(MethodTable**)value)->HasFinalizer;
    }
}

/// <summary>What <c>System.GC</c> asks. The kit's default memory is never collected; a kernel's memory manager answers by plugs.</summary>
internal static unsafe class GarbageCollector
{
    private const int NoGcRegionNotPossible = 1;
    private const ulong NanosecondsPerTick = 100;

    // The class library's GCMemoryInfoData. One generation, which is never compacted: what is about those stays 0.
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryInfo
    {
        public ulong HighMemoryLoadThresholdBytes;
        public ulong TotalAvailableMemoryBytes;
        public ulong MemoryLoadBytes;
        public ulong HeapSizeBytes;
        public ulong FragmentedBytes;
        public ulong TotalCommittedBytes;
        public ulong PromotedBytes;
        public ulong PinnedObjectsCount;
        public ulong FinalizationPendingCount;
        public ulong Index;
        public int Generation;
        public int PauseTimePercentage;
        public ushort CompactedAndConcurrent;
        public fixed ulong Generations[5 * 4];
        public ulong FirstPauseTicks;
        public ulong SecondPauseTicks;
    }

    [RuntimeExport("RhpCollect")]
    private static void Collect(int generation, int mode, bool lowMemory)
    {
        Heap.Collect();
    }

    [RuntimeExport("RhpGetGcTotalMemory")]
    private static long GetGcTotalMemory()
    {
        return (long)Statistics().LiveBytes;
    }

    [RuntimeExport("RhGetMemoryInfo")]
    private static void GetMemoryInfo(MemoryInfo* info, int kind)
    {
        GCStatistics figures = Statistics();
        info->TotalAvailableMemoryBytes = figures.TotalMemoryBytes;
        info->HighMemoryLoadThresholdBytes = figures.TotalMemoryBytes / 10 * 9;
        info->MemoryLoadBytes = figures.UsedMemoryBytes;
        info->HeapSizeBytes = figures.SurvivedBytes;
        info->FragmentedBytes = figures.HeapBytes - figures.LiveBytes;
        info->TotalCommittedBytes = figures.HeapBytes;
        info->PromotedBytes = figures.SurvivedBytes;
        info->PinnedObjectsCount = figures.PinnedHandles;
        info->FinalizationPendingCount = figures.PendingFinalizers;
        info->Index = figures.Collections;
        ulong uptime = Clock.Nanoseconds / 10_000;
        info->PauseTimePercentage = uptime == 0 ? 0 : (int)(figures.TotalPauseNanoseconds / uptime); // In hundredths of a percent.
        info->FirstPauseTicks = figures.LastPauseNanoseconds / NanosecondsPerTick;
    }

    [RuntimeExport("RhGetGcCollectionCount")]
    private static int GetGcCollectionCount(int generation, bool special)
    {
        return (int)Statistics().Collections;
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
        return (long)Statistics().AllocatedBytes;
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

    private static GCStatistics Statistics()
    {
        GCStatistics statistics;
        GCServices.GetStatistics(&statistics);
        return statistics;
    }
}
