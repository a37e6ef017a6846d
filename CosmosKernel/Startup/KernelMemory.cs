using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Managed;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The machine's one memory: its map, frames, address space and heaps, from <see cref="MemoryStart"/> on.</summary>
/// <remarks>
/// Everything here is a struct in a static: it works before the first <c>new</c>, and nothing of it lies in the heap that it
/// manages. What the kit's plugs call is at the bottom: one call each.
/// </remarks>
public static unsafe class KernelMemory
{
    internal const ulong KernelSpaceId = 0;

    private static MemoryMap s_map;
    private static Topology s_topology;
    private static ProcessorList s_processors;
    private static BootAllocator s_boot;
    // SAFETY: the attribute keeps it where it is: the heaps' page sources point at it.
    [FixedAddressValueType]
    private static LiveFrames s_frames;

    private static KernelSpace<DirectMap, LiveFormat, TableFrames, KernelFrames, MachineTlb, ProcessorGuard> s_space;
    private static LivePages s_pages;

    // Also what its stress test points at.
    [FixedAddressValueType]
    private static LiveHeap s_heap;

    private static ManagedHeap<LivePages, LiveObjects, ThisProcessor, ProcessorGuard> s_objects;
    private static KernelCommandLine s_commandLine;
    private static KernelImage s_image;
    private static ulong s_spacesMade;
    private static ulong s_shortages;
    private static bool s_zonesAreUp;
    private static ClearTables* s_clearTables; // Of the processor that was added last.

    /// <summary>The firmware's map, put in order.</summary>
    public static ref readonly MemoryMap Map => ref s_map;

    /// <summary>The machine's nodes; one where the firmware names none.</summary>
    public static ref readonly Topology Topology => ref s_topology;

    /// <summary>The processors that can be started.</summary>
    public static ref readonly ProcessorList Processors => ref s_processors;

    /// <summary>What is never handed out.</summary>
    public static ReservedRegions Reserved => s_frames.Reserved;

    /// <summary>The zones and their frames.</summary>
    public static ref LiveFrames Frames => ref s_frames;

    /// <summary>How the command line and the firmware cut memory into zones, and what serves them.</summary>
    public static FramePlan Plan
    {
        get
        {
            ZoneLayout layout = ZoneLayout.Of(s_commandLine.Zones);
            FrameAllocatorKind allocator = FrameAllocators.FindOrDefault(s_commandLine.Frames);
            return new FramePlan(in layout, in s_topology, in allocator);
        }
    }

    /// <summary>The kernel's address space.</summary>
    public static ref KernelSpace<DirectMap, LiveFormat, TableFrames, KernelFrames, MachineTlb, ProcessorGuard> Space => ref s_space;

    /// <summary>The frames that are page tables now: those kept to become some again left out.</summary>
    public static ulong TablesInUse
    {
        get
        {
            ulong tables = s_frames.OwnedBy(FrameOwner.PageTable);
            for (ClearTables* clear = s_clearTables; clear != null; clear = clear->Next) tables -= (ulong)clear->Count;
            return tables;
        }
    }

    /// <summary>Raw blocks.</summary>
    public static ref LiveHeap Heap => ref s_heap;

    /// <summary>Objects of C#.</summary>
    public static ref ManagedHeap<LivePages, LiveObjects, ThisProcessor, ProcessorGuard> Objects => ref s_objects;

    /// <summary>What the boot menu asked for.</summary>
    public static ref readonly KernelCommandLine CommandLine => ref s_commandLine;

    /// <summary>Where the kernel's own sections are.</summary>
    public static ref readonly KernelImage Image => ref s_image;

    /// <summary>Where the first file lies that the boot loader put beside the kernel: the programs' archive.</summary>
    public static PhysAddr FirstModule { get; private set; }

    /// <summary>Its size; 0 when there is none.</summary>
    public static ulong FirstModuleBytes { get; private set; }

    /// <summary>Whether a kernel runs on this memory: false under a kernel that did not plug it in, and before it is up.</summary>
    public static bool IsUp { get; private set; }

    /// <summary>How often there was no memory for a process or its tables.</summary>
    public static ulong Shortages => s_shortages;

    /// <summary>Counts one such time.</summary>
    public static void CountShortage() => Interlocked.Increment(ref s_shortages);

    /// <summary>A raw block, zeroed as Cosmos's callers expect; null when there is none.</summary>
    public static byte* AllocateBlock(nuint sizeBytes) => s_heap.AllocateZeroed(sizeBytes);

    /// <summary>A raw block with another size, its bytes behind the old content zero; null when there is none, the old block as it was.</summary>
    public static byte* ReallocateBlock(byte* block, nuint sizeBytes) => s_heap.ReallocateZeroed(block, sizeBytes);

    /// <summary>Makes an address space with an empty lower half; false when there is no memory for its root.</summary>
    public static bool TryCreateSpace(out UserSpace space)
    {
        ulong id = KernelSpaceId + Interlocked.Increment(ref s_spacesMade);
        return UserSpace.TryCreate(default, default, default, default, s_space.Root, ProcessorState.Features.LeafLevels, id, out space);
    }

    internal static void SetCommandLine(in KernelCommandLine line) => s_commandLine = line;

    internal static void SetFirstModule(PhysAddr start, ulong sizeBytes)
    {
        FirstModule = start;
        FirstModuleBytes = sizeBytes;
    }

    internal static void SetImage(in KernelImage image) => s_image = image;

    internal static void SetMap(in MemoryMap map) => s_map = map;

    internal static void SetProcessors(in ProcessorList processors) => s_processors = processors;

    internal static void SetTopology(in Topology topology) => s_topology = topology;

    internal static ref BootAllocator Boot => ref s_boot;

    /// <summary>Where the heaps' pages come from.</summary>
    internal static ref LivePages Pages => ref s_pages;

    /// <summary>Ends the boot allocator and makes the zones of what it left.</summary>
    internal static void MakeZones(in FramePlan plan, byte* storage)
    {
        ReservedRegions reserved = s_boot.HandOver();
        s_frames = new LiveFrames(in s_map, in reserved, in plan, storage, default, default);
        if (s_topology.TryNodeOfProcessor(ProcessorState.ApicId, out NodeId home)) s_frames.SetHome(home);
        s_clearTables = ClearTables.Create(default(ThisProcessor).Current, null);
        s_frames.AskOthersBy(&AskOthers);
        SafePoints.AddDrain(&DrainFrames);
        s_zonesAreUp = true;
    }

    /// <summary>Brings both heaps up over the zones; false when there is not enough memory.</summary>
    /// <param name="end">Behind the last frame that the direct map shows.</param>
    internal static bool TryMakeHeaps(FrameNumber end)
    {
        LiveFrames* frames = (LiveFrames*)Unsafe.AsPointer(ref s_frames);
        FrameRequest request = FrameRequest.For(FrameOwner.Heap).From(MemoryReach.Direct);
        s_pages = new LivePages(frames, default, FrameRange.FromBounds(FrameNumber.Zero, end), request);
        HeapOptions options = HeapWatcher.Options;
        if (!s_heap.TryInitialize(s_pages, s_pages.Window, in options) || !s_objects.TryInitialize(s_pages, s_pages.Window)) return false;
        s_heap.UseSafePoints(&SafePoints.Poll, &AskOthers);
        SafePoints.AddDrain(&DrainBlocks);
        ObjectMemory.Start();
        return true;
    }

    internal static void SetSpace(in KernelSpace<DirectMap, LiveFormat, TableFrames, KernelFrames, MachineTlb, ProcessorGuard> space) => s_space = space;

    internal static void Finish() => IsUp = true;

    /// <summary>Makes what a processor needs of the frames before it runs, one at a time.</summary>
    /// <param name="locals">What is the processor's own.</param>
    /// <param name="storage"><see cref="PhysicalMemory{TMemory, TProcessor}.ProcessorBytes"/> bytes at a multiple of 64, to keep.</param>
    /// <param name="apicId">The number by which the firmware's tables say where it is.</param>
    internal static void AddProcessor(ProcessorLocals* locals, byte* storage, uint apicId)
    {
        NodeId node = s_topology.TryNodeOfProcessor(apicId, out NodeId home) ? home : NodeId.Zero;
        s_frames.AddProcessor(locals, storage, node);
        s_clearTables = ClearTables.Create(locals, s_clearTables);
    }

    internal static bool TryAllocateTable(out FrameNumber frame)
    {
        frame = default;
        if (s_zonesAreUp)
        {
            if (ClearTables.Of(default(ThisProcessor).Current)->TryTake(out frame)) return true;
            if (s_frames.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.PageTable).From(MemoryReach.Direct).Cleared(), out frame)) return true;
            CountShortage();
            return false;
        }

        bool isAllocated = s_boot.TryAllocate(1, ReservedKind.PageTables, out FrameRange frames);
        frame = frames.Start;
        if (isAllocated) default(DirectMap).ZeroFrame(frame);
        return isAllocated;
    }

    internal static void FreeTable(FrameNumber frame)
    {
        // A table from the time before the zones stays reserved: nothing else knows what to do with it.
        if (!s_zonesAreUp) return;
        if (s_frames.ReferencesOf(frame) == 0)
        {
            KernelAssert.That(s_frames.Describe(frame).State == FrameState.Reserved, "KernelMemory: a page table's frame was not allocated");
            return;
        }

        if (ClearTables.Of(default(ThisProcessor).Current)->TryKeep(frame)) return;
        FreeResult result = s_frames.Free(frame, Order.Zero);
        KernelAssert.That(result == FreeResult.Ok, "KernelMemory: a page table's frame was not allocated");
    }

    private static void AskOthers() => SafePoints.TryDrainOthers();

    private static void DrainBlocks() => s_heap.Drain();

    private static void DrainFrames() => s_frames.Drain();
}
