using System.Runtime.CompilerServices;
using System.Threading;
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
/// no lock is held (<see cref="TicketLock"/> masks them) and nobody counts instructions. A program's request is refused in a handler and
/// with a lock held.</para>
/// <para>Any processor collects, and has the others stand still for it (<see cref="SafePoints"/>): what they had in registers lies on their stacks
/// then. Of two that want to, one does, and the other finds what that left. When one does not come in time it is named and there is no
/// collection, nor an attempt at one until some more was allocated. While it works interrupts are masked: what a handler stores
/// meanwhile could be missed.</para>
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
    private static int s_hasReserve;

    /// <summary>What collections did so far.</summary>
    public static ref readonly CollectionTotals Totals => ref s_totals;

    /// <summary>Bytes that may be taken before the next collection comes by itself, counted from the last.</summary>
    public static ulong BudgetBytes => s_budget;

    /// <summary>Whether the reserve is there; else the last exhaustion is not over.</summary>
    public static bool HasReserve => s_hasReserve != 0;

    /// <summary>How long a collection waits for the other processors to stand still, in milliseconds.</summary>
    public static uint StopLimitMilliseconds { get; internal set; } = 1000;

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
    /// <param name="result">What it did; where processors collect one after the other, what the last one did.</param>
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

        // What another processor has collected may have begun before the caller dropped its last reference.
        while (true)
        {
            CollectionOutcome outcome = TryCollect(CollectionReason.Request);
            if (outcome != CollectionOutcome.Beaten) return outcome == CollectionOutcome.Done;
        }
    }

    /// <summary>Takes the reserve and sets the first budget. The zones and the heap are up.</summary>
    internal static void Start()
    {
        TakeReserve();
        SetBudget();
        SafePoints.AddDrain(&GiveRunsBack);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint AllocateFurther(nuint sizeBytes, bool mayCollect)
    {
        SafePoints.Poll();
        if (mayCollect && IsDue && TryCollect(CollectionReason.Budget) == CollectionOutcome.Stuck) PutOff();
        byte* start = KernelMemory.Objects.Allocate(sizeBytes);
        return start != null ? (nuint)start : AllocateFromLast(sizeBytes, mayCollect);
    }

    // No page is left.
    private static nuint AllocateFromLast(nuint sizeBytes, bool mayCollect)
    {
        byte* start = null;
        CollectionOutcome outcome = mayCollect ? CollectionOutcome.Beaten : CollectionOutcome.Refused;
        while (start == null && outcome == CollectionOutcome.Beaten)
        {
            outcome = TryCollect(CollectionReason.Exhaustion);
            if (outcome is CollectionOutcome.Done or CollectionOutcome.Beaten) start = KernelMemory.Objects.Allocate(sizeBytes);
        }

        if (start == null)
        {
            SafePoints.TryDrainOthers();
            start = KernelMemory.Objects.Allocate(sizeBytes);
        }

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
        ref LiveFrames frames = ref KernelMemory.Frames;
        for (int i = 0; i < frames.ZoneCount; i++)
        {
            ref readonly Zone zone = ref frames.ZoneAt(i);
            if (zone.FreeFrames >= zone.Marks.High) return false;
        }

        return true;
    }

    private static void PutOff() => s_budget = KernelMemory.Objects.TakenSinceCollection + CollectionBudget.SmallestBytes;

    private static void GiveRunsBack() => KernelMemory.Objects.RetireRuns();

    // No locals here and in the public callers that lie where an earlier call left references: those would keep objects.
    private static CollectionOutcome TryCollect(CollectionReason reason)
    {
        default(ThisProcessor).Current->Collection = (int)reason;
        Cpu.CallWithRegisters(&CollectFrom);
        return (CollectionOutcome)default(ThisProcessor).Current->Collection;
    }

    private static void CollectFrom(CosmosAddress stackPointer)
    {
        bool wereOn = Cpu.DisableInterrupts();
        ref int collection = ref default(ThisProcessor).Current->Collection;
        collection = (int)TryCollectFrom((byte*)stackPointer, (CollectionReason)collection);
        Cpu.RestoreInterrupts(wereOn);
    }

    private static CollectionOutcome TryCollectFrom(byte* stackPointer, CollectionReason reason)
    {
        ulong start = Cpu.ReadTimestamp();
        RootRegions regions;
        RootRegions.Find(&regions);
        byte* top = TopOfStack(stackPointer, in regions);
        if (top == null) return CollectionOutcome.Refused;
        StopOutcome stop = SafePoints.TryStopOthers(out CpuId stuck, StopLimitMilliseconds);
        if (stop == StopOutcome.Beaten) return CollectionOutcome.Beaten;
        if (stop == StopOutcome.Stuck)
        {
            s_totals.Stuck++;
            StopReport.Write(stuck);
            return CollectionOutcome.Stuck;
        }

        bool isDone = AreOthersOnTheirStacks;
        if (isDone)
        {
            Collect(stackPointer, top, in regions);
            TakeReserve();
            SetBudget();
            Count(reason, Cpu.ReadTimestamp() - start);
        }

        SafePoints.Release();
        return isDone ? CollectionOutcome.Done : CollectionOutcome.Refused;
    }

    private static void Collect(byte* stackPointer, byte* stackTop, in RootRegions regions)
    {
        RetireOthersRuns();
        KernelMemory.Objects.BeginCollection();
        KernelMemory.Objects.MarkWords(stackPointer, stackTop);
        OtherStacks.Visit(&MarkStack);
        MarkThreadStatics(in regions);
        MarkImageObjects(regions.ImageObjectsStart, regions.ImageObjectsEnd);
        s_result = KernelMemory.Objects.FinishCollection();
    }

    private static void MarkStack(void* start, void* end) => KernelMemory.Objects.MarkWords(start, end);

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

    private static void Count(CollectionReason reason, ulong steps)
    {
        s_totals.Count++;
        if (reason == CollectionReason.Request) s_totals.Requested++;
        if (reason == CollectionReason.Exhaustion) s_totals.ForExhaustion++;
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
        if (s_hasReserve != 0 || KernelMemory.Frames.Statistics.Free < ReservePages * RoomForReserve) return;
        if (KernelMemory.Pages.TryAllocatePages(ReservePages, out s_reserve)) Volatile.Write(ref s_hasReserve, 1);
    }

    private static void GiveReserve()
    {
        s_totals.Exhaustions++;
        if (Interlocked.Exchange(ref s_hasReserve, 0) == 0) return;
        KernelMemory.Pages.FreePages(s_reserve, ReservePages);
    }
}
