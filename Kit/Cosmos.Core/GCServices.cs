using Cosmos.Core.Memory;

namespace Cosmos.Core;

/// <summary>What the runtime asks of the memory of managed objects besides objects: handles, finalizers, figures. The in-tree kit's own.</summary>
/// <remarks>
/// The defaults go with the default memory, which never collects: every handle is strong, no finalizer runs. A kernel with a collector
/// replaces the methods by plugs, all of a group, and finds in <see cref="Roots"/> what its collector starts from. An object is passed
/// as its address, which is what a reference holds: one word behind the start of its memory.
/// </remarks>
public static unsafe class GCServices
{
    private const uint HandlesPerBlock = 64;

    private static GCHandleSlot* s_free;

    /// <summary>Runs the finalizers that are due; set by the runtime, called by <see cref="RunFinalizers"/>.</summary>
    public static delegate*<void> FinalizerHook;

    /// <summary>Where references lie outside the memory of objects; set by the runtime before the first object is made.</summary>
    public static GCRoots Roots;

    /// <summary>
    /// As <see cref="GCImplementation.AllocNewObject"/> where that takes no more than a few instructions, which the compiler puts where the object is
    /// made; 0 where it would have to look further, and by default.
    /// </summary>
    public static CosmosAddress AllocAtHand(CosmosAddress aSize) => 0;

    /// <summary>Makes a handle; null when there is no memory.</summary>
    /// <param name="aTarget">The object, or 0.</param>
    /// <param name="aSecondary">What a dependent handle keeps as long as the target lives, or 0.</param>
    /// <param name="aKind">0 weak, 1 weak that tracks resurrection, 2 normal, 3 pinned, 6 dependent.</param>
    public static GCHandleSlot* AllocHandle(CosmosAddress aTarget, CosmosAddress aSecondary, int aKind)
    {
        if (s_free == null && !TryGrow())
            return null;
        GCHandleSlot* slot = s_free;
        s_free = (GCHandleSlot*)slot->Target;
        slot->Target = aTarget;
        slot->Secondary = aSecondary;
        slot->Kind = aKind;
        return slot;
    }

    /// <summary>Gives a handle back.</summary>
    public static void FreeHandle(GCHandleSlot* aHandle)
    {
        *aHandle = default;
        aHandle->Target = (CosmosAddress)s_free;
        s_free = aHandle;
    }

    /// <summary>As <see cref="GCImplementation.AllocNewObject"/>, for an object whose finalizer is to run.</summary>
    public static CosmosAddress AllocFinalizable(CosmosAddress aSize) => GCImplementation.AllocNewObject(aSize);

    /// <summary>The object's finalizer is not to run.</summary>
    public static void SuppressFinalize(CosmosAddress aObject)
    {
    }

    /// <summary>The object's finalizer is to run after all, or once more; false when there is no memory to note it.</summary>
    public static bool ReRegisterForFinalize(CosmosAddress aObject) => true;

    /// <summary>Takes an object that nothing reaches and whose finalizer is to run now; 0 when there is none.</summary>
    public static CosmosAddress NextFinalizable() => 0;

    /// <summary>Runs the finalizers that are due. Called where a program waits for them, and between two rounds of the kernel.</summary>
    public static void RunFinalizers()
    {
        if (FinalizerHook != null)
            FinalizerHook();
    }

    /// <summary>The figures of the memory of objects.</summary>
    public static void GetStatistics(GCStatistics* aStatistics)
    {
        *aStatistics = default;
        aStatistics->LiveBytes = (ulong)GCImplementation.GetUsedRAM();
        aStatistics->AllocatedBytes = aStatistics->LiveBytes;
        aStatistics->HeapBytes = aStatistics->LiveBytes;
        aStatistics->TotalMemoryBytes = (ulong)RAT.TotalPageCount * RAT.PageSize;
        aStatistics->UsedMemoryBytes = aStatistics->LiveBytes;
    }

    private static bool TryGrow()
    {
        GCHandleSlot* block = (GCHandleSlot*)Heap.Alloc(HandlesPerBlock * (uint)sizeof(GCHandleSlot));
        if (block == null)
            return false;
        for (uint i = HandlesPerBlock; i > 0; i--)
            FreeHandle(block + i - 1);
        return true;
    }
}
