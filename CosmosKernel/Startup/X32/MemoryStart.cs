using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The start of memory in a Cosmos kernel, in two steps.</summary>
/// <remarks>
/// <para>
/// <see cref="Run"/> is what the kit's first call for memory becomes. Paging is off then, nothing of the class library works, and the tables that
/// virtual calls and casts need are not there either: zones and heaps come up on physical addresses, by calls that the compiler knows.
/// </para>
/// <para>
/// <see cref="SwitchOnPaging"/> belongs into the kernel's <c>OnBoot</c>, after the kit's: drivers have found their devices by then. Without it
/// everything goes on to work as the kit leaves it: with paging off.
/// </para>
/// </remarks>
public static unsafe class MemoryStart
{
    private const int HeapRangeCount = 1024;
    private const int StackRangeCount = 256;
    private const int DeviceRangeCount = 256;
    private const ulong WorkingBytes = 1UL << 20;

    // What addresses of 32 bits reach, and what tables with 64-bit entries reach of a 32-bit machine's memory.
    private const int NarrowBits = 32;
    private const int WideBits = 36;

    private static TemporaryWindow<DirectMap, LiveFormat> s_window;
    private static bool s_isPaging;

    /// <summary>Whether MemOS's page tables are in use.</summary>
    public static bool IsPaging => s_isPaging;

    private static PhysAddr DirectEnd => PhysAddr.FromTrusted(896UL << 20);

    /// <summary>Zones and heaps; returns with them up, or not at all.</summary>
    public static void Run(in BootInformation boot, in KernelImage image)
    {
        KernelAssert.InstallPanic(&KernelStop.Panic);
        KernelMemory.SetImage(in image);
        ProcessorState.Detect();
        KernelMemory.SetCommandLine(KernelCommandLine.Without(ZonePreset.Coal));
        FirmwareLists.ReadMap(in boot, in image, DirectEnd, PhysAddr.FromTrusted(1UL << (LiveX86.IsWide ? WideBits : NarrowBits)));
        FirmwareLists.ReadTopology(in boot, DirectEnd);
        RequireMemory();
        MakeZones();
        if (!KernelMemory.TryMakeHeaps(Lower(KernelMemory.Map.UsableEnd, DirectEnd.ContainingFrame))) KernelStop.Panic("no memory for the heaps");
        KernelMemory.Finish();
    }

    /// <summary>Makes page tables and switches paging on, once; later calls do nothing.</summary>
    public static void SwitchOnPaging()
    {
        if (s_isPaging) return;
        KernelAssert.That(KernelMemory.IsUp, "MemoryStart: MemOS's plugs are not in this kernel");
        if (!KernelLayout.TryIdentity(in KernelMemory.Map, out KernelLayout layout)) KernelStop.Panic("the firmware's memory map leaves no room for the kernel's windows");
        KernelImage image = KernelMemory.Image;
        FrameRange frames = FrameRange.Covering(image.PhysicalStart, image.PhysicalEnd - image.PhysicalStart);
        KernelBuildResult result = IdentityMapBuilder<DirectMap, LiveFormat, TableFrames>.Build(
            default, default, layout, in KernelMemory.Map, frames, out PageMapper<DirectMap, LiveFormat, TableFrames> mapper);
        if (result != KernelBuildResult.Ok
            || !TemporaryWindow<DirectMap, LiveFormat>.TryCreate(default, ref mapper, layout.Temporary.Start, out s_window))
        {
            KernelStop.Panic("no memory for the kernel's page tables");
        }

        bool wereOn = Cpu.DisableInterrupts();
        ProcessorState.SwitchOnPaging((CosmosAddress)mapper.Root.Value);
        DirectMap.LimitTo(DirectEnd, &Show);
        MakeSpace(mapper, layout);
        HeapWatcher.UseGuardPages();
        s_isPaging = true;
        Cpu.RestoreInterrupts(wereOn);
    }

    private static byte* Show(ulong address)
    {
        bool wereOn = Cpu.DisableInterrupts();
        PendingFlush flush = s_window.Show(PhysAddr.FromTrusted(address), out VirtAddr place);
        if (!flush.IsNone) Cpu.InvalidatePage(flush.Start);
        Cpu.RestoreInterrupts(wereOn);
        return (byte*)(nuint)place.Value;
    }

    private static void RequireMemory()
    {
        FramePlan plan = KernelMemory.Plan;
        ulong needed = LiveFrames.MetadataBytes(in KernelMemory.Map, in plan) + WorkingBytes;
        ulong free = KernelMemory.Boot.FreeFrames * FrameNumber.SizeBytes;
        if (free < needed) KernelStop.Panic("this machine has too little memory: ", (needed - free) >> 10, " KiB more are needed");
    }

    private static void MakeZones()
    {
        FramePlan plan = KernelMemory.Plan;
        ulong bytes = LiveFrames.MetadataBytes(in KernelMemory.Map, in plan);
        ulong frameCount = FrameRange.Covering(PhysAddr.Zero, bytes).Count;
        if (!KernelMemory.Boot.TryAllocate(frameCount, ReservedKind.FrameTable, out FrameRange table)) KernelStop.Panic("no memory for the frame table");
        KernelMemory.MakeZones(in plan, default(DirectMap).Pointer(table.Start.Start));
    }

    private static void MakeSpace(in PageMapper<DirectMap, LiveFormat, TableFrames> mapper, KernelLayout layout)
    {
        SpaceTag tag = new(KernelMemory.KernelSpaceId);
        if (!MachineTlb.TryStart(tag.Id, ProcessorState.Features.Has(CpuFeature.Invpcid))) KernelStop.Panic("no memory for what flushes need");
        KernelMemory.SetSpace(new KernelSpace<DirectMap, LiveFormat, TableFrames, KernelFrames, MachineTlb, ProcessorGuard>(
            mapper, default, default, default, tag, layout,
            Records<RangeRecord>(HeapRangeCount), Records<RangeRecord>(StackRangeCount), Records<RangeRecord>(DeviceRangeCount)));
    }

    private static StructArray<T> Records<T>(int count)
        where T : unmanaged
    {
        byte* storage = KernelMemory.AllocateBlock((nuint)StructArray<T>.BytesFor(count));
        if (storage == null) KernelStop.Panic("no memory for the lists of kernel addresses");
        return new StructArray<T>(storage, count);
    }

    private static FrameNumber Lower(FrameNumber a, FrameNumber b) => a < b ? a : b;
}
