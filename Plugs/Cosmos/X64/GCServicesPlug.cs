using System.Runtime.CompilerServices;
using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Handles, finalizers and figures of MemOS's heap of objects.</summary>
[Plug(typeof(GCServices))]
public static unsafe class GCServicesPlug
{
    /// <summary>Memory for an object, zeroed, when there is some at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CosmosAddress AllocAtHand(CosmosAddress aSize) => ObjectMemory.AllocateAtHand(aSize);

    /// <summary>Makes a handle; null when there is no memory.</summary>
    public static GCHandleSlot* AllocHandle(CosmosAddress aTarget, CosmosAddress aSecondary, int aKind) =>
        (GCHandleSlot*)KernelMemory.Objects.AllocateHandle((HandleKind)aKind, (void*)aTarget, (void*)aSecondary);

    /// <summary>Gives a handle back.</summary>
    public static void FreeHandle(GCHandleSlot* aHandle) => KernelMemory.Objects.FreeHandle((Handle*)aHandle);

    /// <summary>Memory for an object whose finalizer is to run; 0 when there is none.</summary>
    public static CosmosAddress AllocFinalizable(CosmosAddress aSize) => ObjectMemory.AllocateFinalizable(aSize);

    /// <summary>The object's finalizer is not to run.</summary>
    public static void SuppressFinalize(CosmosAddress aObject) => KernelMemory.Objects.SuppressFinalizer((void*)aObject);

    /// <summary>The object's finalizer is to run after all, or once more.</summary>
    public static bool ReRegisterForFinalize(CosmosAddress aObject) => KernelMemory.Objects.TryRegisterFinalizerAgain((void*)aObject);

    /// <summary>Takes an object whose finalizer is to run now; 0 when there is none.</summary>
    public static CosmosAddress NextFinalizable() => (CosmosAddress)KernelMemory.Objects.TakeReadyForFinalizer();

    /// <summary>The figures.</summary>
    public static void GetStatistics(GCStatistics* aStatistics)
    {
        HeapStatistics heap = KernelMemory.Objects.GetStatistics();
        CollectionTotals totals = ObjectMemory.Totals;
        FrameStatistics frames = KernelMemory.Frames.Statistics;
        *aStatistics = new GCStatistics
        {
            LiveBytes = heap.LiveBytes,
            AllocatedBytes = heap.GrantedBytes,
            HeapBytes = PageNumber.BytesOf(heap.TotalPages),
            TotalMemoryBytes = frames.Total * FrameNumber.SizeBytes,
            UsedMemoryBytes = (frames.Total - frames.Free) * FrameNumber.SizeBytes,
            Collections = totals.Count,
            SurvivedBytes = totals.SurvivedBytes,
            LastPauseNanoseconds = Nanoseconds(totals.LastPauseSteps),
            TotalPauseNanoseconds = Nanoseconds(totals.PauseSteps),
            PendingFinalizers = KernelMemory.Objects.ReadyFinalizers,
            PinnedHandles = KernelMemory.Objects.CountHandles(HandleKind.Pinned),
        };
    }

    private static ulong Nanoseconds(ulong steps)
    {
        const ulong MillionthsPerSecond = 1_000_000;
        ulong frequency = Clock.Frequency / MillionthsPerSecond;
        return frequency == 0 ? 0 : steps * (1_000_000_000 / MillionthsPerSecond) / frequency;
    }
}
