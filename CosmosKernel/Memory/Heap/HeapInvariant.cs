namespace MemOS.Memory.Heap;

/// <summary>The invariants of a heap, numbered as in the theory statements of KernelHeap and ManagedHeap.</summary>
public enum HeapInvariant
{
    /// <summary>None is violated.</summary>
    None = 0,

    /// <summary>I1: every page of a run of the heap, and no other page, is entered in the map with the run's descriptor.</summary>
    MapEntries = 1,

    /// <summary>I2: a slab has its class's object size, count and pages; a large block is one object of all its pages.</summary>
    SlabShape = 2,

    /// <summary>I3: a slab's count of free objects is the count of its states, none of which lies below its hint.</summary>
    ObjectStates = 3,

    /// <summary>I4: pages counted as slabs and large blocks are those of the map, each with one descriptor.</summary>
    PageCounts = 4,

    /// <summary>I5: a class lists exactly its slabs with free objects, and its counts are their sums.</summary>
    ClassCounts = 5,

    /// <summary>I6: a magazine (KernelHeap) holds each object in state Cached once and no other; a run (ManagedHeap) is zeros.</summary>
    FrontLayer = 6,

    /// <summary>The books of the policy that serves small blocks are in order, and as many blocks are marked as live as are counted.</summary>
    Policy = 7,
}
