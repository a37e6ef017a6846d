using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Managed;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The memory of objects: allocation, and when and from where it is collected.</summary>
/// <remarks>
/// <para>A collection comes by itself where a run of objects is used up, when the budget (<see cref="CollectionBudget"/>) is too or the zones
/// are low; and before an allocation fails. By itself it comes only while interrupts are let through: then no handler runs,
/// no lock is held (<see cref="TicketLock"/> masks them) and nobody counts instructions. A program's request is refused in a handler,
/// with a lock held, while another processor has work, and on any stack but the boot processor's: words there the collector would not see.</para>
/// <para>While it works interrupts are masked: what a handler stores meanwhile could be missed.</para>
/// <para>When memory is gone even so, the allocation fails, the runtime throws an OutOfMemoryException made beforehand, and a reserve of
/// pages goes back to the zones for who catches and reports it. The next collection that finds room takes it again.</para>
/// </remarks>
public static unsafe partial class ObjectMemory
{
    private const CosmosAddress InterruptsOn = 1 << 9;
    private const ulong ReservePages = 16;
    private const ulong RoomForReserve = 4;

    private static CollectionTotals s_totals;
    private static CollectionResult s_result;
    private static PageNumber s_reserve;
    private static ulong s_budget;
    private static bool s_hasReserve;
    private static CollectionReason s_reason;
    private static bool s_isCollecting;
    private static bool s_isDone;

    /// <summary>What collections did so far.</summary>
    public static ref readonly CollectionTotals Totals => ref s_totals;

    /// <summary>Bytes that may be taken before the next collection comes by itself, counted from the last.</summary>
    public static ulong BudgetBytes => s_budget;

    /// <summary>Whether the reserve is there; else the last exhaustion is not over.</summary>
    public static bool HasReserve => s_hasReserve;

    /// <summary>Memory for an object, zeroed; 0 when there is none.</summary>
    public static nuint Allocate(nuint sizeBytes)
    {
        nuint start = AllocateAtHand(sizeBytes);
        return start != 0 ? start : AllocateFurther(sizeBytes, (Cpu.ReadFlags() & InterruptsOn) != 0);
    }

    /// <summary>As <see cref="Allocate"/>, for a caller that has masked interrupts because handlers allocate too; <paramref name="wereOn"/>: they were let through before.</summary>
    public static nuint AllocateMasked(nuint sizeBytes, bool wereOn)
    {
        nuint start = AllocateAtHand(sizeBytes);
        return start != 0 ? start : AllocateFurther(sizeBytes, wereOn);
    }

    /// <summary>As <see cref="Allocate"/>, but 0 too where that would have to look further than the next object of the size's run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint AllocateAtHand(nuint sizeBytes) => (nuint)KernelMemory.Objects.TryAllocateFromRun(sizeBytes);

    /// <summary>Memory for an object whose finalizer is to run; 0 when there is none.</summary>
    public static nuint AllocateFinalizable(nuint sizeBytes)
    {
        byte* start = (byte*)Allocate(sizeBytes);
        if (start == null || KernelMemory.Objects.TryRegisterFinalizer(start + ManagedObject.HeaderBytes)) return (nuint)start;
        KernelMemory.Objects.Free(start);
        return 0;
    }

    /// <summary>Frees the object at <paramref name="reference"/> at once; the heap refuses and counts what is none.</summary>
    public static void Free(void* reference) => KernelMemory.Objects.Free((byte*)reference - ManagedObject.HeaderBytes);

    /// <summary>Collects now; false where that is not possible.</summary>
    /// <param name="result">What it did.</param>
    public static bool TryCollect(out CollectionResult result)
    {
        bool isDone = TryCollect();
        result = isDone ? s_result : default;
        return isDone;
    }

    /// <summary>Collects now; false where that is not possible.</summary>
    public static bool TryCollect()
    {
        if (Interrupts.IsHandling || ProcessorGuard.HoldsLock) return false;
        return TryCollect(CollectionReason.Request);
    }

    /// <summary>Takes the reserve and sets the first budget. The zones and the heap are up.</summary>
    internal static void Start()
    {
        TakeReserve();
        SetBudget();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint AllocateFurther(nuint sizeBytes, bool mayCollect)
    {
        if (mayCollect && IsDue) TryCollect(CollectionReason.Budget);
        byte* start = KernelMemory.Objects.Allocate(sizeBytes);
        if (start != null) return (nuint)start;
        if (mayCollect && TryCollect(CollectionReason.Exhaustion)) start = KernelMemory.Objects.Allocate(sizeBytes);
        if (start == null && KernelMemory.Heap.Trim() != 0) start = KernelMemory.Objects.Allocate(sizeBytes);
        if (start == null) GiveReserve();
        return (nuint)start;
    }

    private static bool IsDue
    {
        get
        {
            ulong taken = KernelMemory.Objects.TakenSinceCollection;
            return MemoryReach.KnowsAllRoots && (taken >= s_budget || (taken >= CollectionBudget.SmallestBytes && IsLow()));
        }
    }

    private static bool IsLow()
    {
        ref PhysicalMemory<DirectMap> frames = ref KernelMemory.Frames;
        for (int i = 0; i < frames.ZoneCount; i++)
        {
            ref readonly Zone zone = ref frames.ZoneAt(i);
            if (zone.FreeFrames >= zone.Marks.High) return false;
        }

        return true;
    }

    // No locals here and in the public callers: what an earlier call left where they lie would keep objects.
    private static bool TryCollect(CollectionReason reason)
    {
        s_reason = reason;
        s_isDone = false;
        Cpu.CallWithRegisters(&CollectFrom);
        return s_isDone;
    }

    private static void CollectFrom(CosmosAddress stackPointer)
    {
        RootRegions regions;
        RootRegions.Find(&regions);
        byte* here = (byte*)stackPointer;
        if (s_isCollecting || AreOthersWorking || here < regions.StackBottom || here >= regions.StackTop) return;
        s_isCollecting = true;
        bool wereOn = Cpu.DisableInterrupts();
        ulong start = Cpu.ReadTimestamp();
        Collect(here, in regions);
        TakeReserve();
        SetBudget();
        Count(Cpu.ReadTimestamp() - start);
        Cpu.RestoreInterrupts(wereOn);
        s_isCollecting = false;
        s_isDone = true;
    }

    private static void Collect(byte* stackPointer, in RootRegions regions)
    {
        KernelMemory.Objects.BeginCollection();
        KernelMemory.Objects.MarkWords(stackPointer, regions.StackTop);
        MarkThreadStatics(in regions);
        MarkImageObjects(regions.ImageObjectsStart, regions.ImageObjectsEnd);
        s_result = KernelMemory.Objects.FinishCollection();
    }

    private static void MarkImageObjects(byte* start, byte* end)
    {
        // The last word may be a type that is null, without a header.
        while (start + ManagedObject.HeaderBytes < end && ManagedObject.HasType(start + ManagedObject.HeaderBytes))
            start += KernelMemory.Objects.MarkFrom(start + ManagedObject.HeaderBytes);
    }

    private static void SetBudget()
    {
        FrameStatistics frames = KernelMemory.Frames.Statistics;
        s_totals.SurvivedBytes = KernelMemory.Objects.GetStatistics().LiveBytes;
        s_budget = CollectionBudget.Next(s_totals.SurvivedBytes, frames.Free * FrameNumber.SizeBytes, frames.Total * FrameNumber.SizeBytes);
    }

    private static void Count(ulong steps)
    {
        s_totals.Count++;
        if (s_reason == CollectionReason.Request) s_totals.Requested++;
        if (s_reason == CollectionReason.Exhaustion) s_totals.ForExhaustion++;
        s_totals.FreedObjects += s_result.FreedObjects;
        s_totals.FreedBytes += s_result.FreedBytes;
        s_totals.LastFreedObjects = s_result.FreedObjects;
        s_totals.LastFreedBytes = s_result.FreedBytes;
        s_totals.Rescans += s_result.Rescans;
        s_totals.PauseSteps += steps;
        s_totals.LastPauseSteps = steps;
        if (steps > s_totals.LongestPauseSteps) s_totals.LongestPauseSteps = steps;
    }

    private static void TakeReserve()
    {
        if (s_hasReserve || KernelMemory.Frames.Statistics.Free < ReservePages * RoomForReserve) return;
        s_hasReserve = KernelMemory.Pages.TryAllocatePages(ReservePages, out s_reserve);
    }

    private static void GiveReserve()
    {
        s_totals.Exhaustions++;
        if (!s_hasReserve) return;
        s_hasReserve = false;
        KernelMemory.Pages.FreePages(s_reserve, ReservePages);
    }
}
