using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>From the boot loader's word to a memory that <c>new</c> works on; read top-down, it is the order of things.</summary>
/// <remarks>
/// Runs on the boot assembler's tables, which show the first 4 GiB at their physical addresses, and leaves them half way: page
/// tables are written through that view, everything after them through the direct map. Nothing here allocates an object. What
/// cannot work is said by name and ends the start.
/// </remarks>
public static unsafe class MemoryStart
{
    private const int HeapRangeCount = 1024;
    private const int StackRangeCount = 256;
    private const int DeviceRangeCount = 256;
    private const ulong InterruptStackPages = 4;

    // What the start takes beyond the image and the frame table until the prompt is there and `mem` has run: 650 KiB measured
    // at 6 MiB (page tables 40, stacks 48, heaps 530), and some for the commands.
    private const ulong WorkingBytes = 1UL << 20;

    private static PhysAddr BootViewEnd => PhysAddr.FromTrusted(4UL << 30);

    /// <summary>Does it all; returns with the memory up, or not at all.</summary>
    public static void Run(in BootInformation boot, in KernelImage image)
    {
        KernelAssert.InstallPanic(&KernelStop.Panic);
        Cpu.CurrentArea()->OwnLocals = &Cpu.CurrentArea()->Locals;
        DirectMap.SetBase(VirtAddr.FromTrusted(0));
        KernelMemory.SetImage(in image);
        ProcessorState.Detect();
        if (ProcessorState.HasFiveLevels) LiveLevels.UseFive();
        FirmwareLists.ReadCommandLine(in boot);
        FirmwareLists.ReadMap(in boot, in image, BootViewEnd, PhysAddr.FromTrusted(1UL << PhysAddr.MaxBits));
        FirmwareLists.ReadTopology(in boot, BootViewEnd);
        FirmwareLists.ReadProcessors(in boot, BootViewEnd);
        RequireMemory();
        var builder = BuildTables(in image);
        LoadTables(builder.Mapper.Root, builder.Layout);
        MakeZones();
        MakeHeaps();
        MakeSpace(builder.Mapper, builder.Layout);
        HeapWatcher.UseGuardPages();
        CatchInterrupts();
        KernelMemory.Finish();
    }

    /// <summary>Paging is on from the start on x86-64; a kernel for both machines calls this in its <c>OnBoot</c>.</summary>
    public static void SwitchOnPaging() => KernelAssert.That(KernelMemory.IsUp, "MemoryStart: MemOS's plugs are not in this kernel");

    private static void RequireMemory()
    {
        FramePlan plan = KernelMemory.Plan;
        ulong needed = LiveFrames.MetadataBytes(in KernelMemory.Map, in plan) + WorkingBytes;
        ulong free = KernelMemory.Boot.FreeFrames * FrameNumber.SizeBytes;
        if (free >= needed) return;

        // What is added is described in the frame table too, and ends anywhere in a frame.
        ulong missing = needed - free;
        missing += (missing / FrameNumber.SizeBytes * FrameDescriptor.SizeBytes) + (2 * FrameNumber.SizeBytes);
        KernelStop.Panic("this machine has too little memory: ", missing >> 10, " KiB more are needed");
    }

    private static KernelAddressSpaceBuilder<DirectMap, LiveFormat, TableFrames> BuildTables(in KernelImage image)
    {
        KernelLayout layout = KernelLayout.ForLongMode(KernelMemory.CommandLine.Layout);
        KernelAddressSpaceBuilder<DirectMap, LiveFormat, TableFrames> builder = new(default, default, layout, ProcessorState.Features.LeafLevels);
        KernelBuildResult result = builder.Begin();
        if (result == KernelBuildResult.Ok) result = builder.AddImageSection(image.TextStart, image.TextEnd, ImageSection.Code);
        if (result == KernelBuildResult.Ok) result = builder.AddImageSection(image.ConstantsStart, image.ConstantsEnd, ImageSection.Constants);
        if (result == KernelBuildResult.Ok) result = builder.AddImageSection(image.DataStart, image.DataEnd, ImageSection.Data);
        if (result == KernelBuildResult.Ok) result = builder.AddImageGuard(image.StackGuard);
        if (result == KernelBuildResult.Ok) result = builder.AddMemory(in KernelMemory.Map);
        if (result != KernelBuildResult.Ok) Refuse(result, layout);
        return builder;
    }

    private static void Refuse(KernelBuildResult result, KernelLayout layout)
    {
        switch (result)
        {
            case KernelBuildResult.OutOfTables: KernelStop.Panic("no memory for the kernel's page tables"); break;
            case KernelBuildResult.LayoutTooSmall: KernelStop.Panic(TooSmall(layout)); break;
            case KernelBuildResult.SectionMisplaced: KernelStop.Panic("the kernel image is not where it was linked"); break;
            default: KernelStop.Panic("the firmware's memory map and the kernel image overlap in a way that cannot be mapped"); break;
        }
    }

    private static string TooSmall(KernelLayout layout)
    {
        switch (layout.Preset)
        {
            case LayoutPreset.Lld: return "layout=lld has too little room for this machine's memory; boot with layout=veridian";
            case LayoutPreset.Valen: return "layout=valen has too little room for this machine's memory; boot with layout=veridian";
            default: return "the layout has too little room for this machine's memory";
        }
    }

    private static void LoadTables(PhysAddr root, KernelLayout layout)
    {
        ProcessorState.PrepareTables();
        KernelStop.LeaveScreen();
        Cpu.WriteCr3((CosmosAddress)root.Value);
        ProcessorState.SwitchOnProtection();
        DirectMap.SetBase(layout.DirectMap.Start);
        FirmwareLists.MoveTo(layout.DirectMap.Start);
        KernelMemory.Boot.Limit = PhysAddr.FromTrusted(1UL << PhysAddr.MaxBits);
    }

    private static void MakeZones()
    {
        FramePlan plan = KernelMemory.Plan;
        ulong bytes = LiveFrames.MetadataBytes(in KernelMemory.Map, in plan);
        ulong frameCount = FrameRange.Covering(PhysAddr.Zero, bytes).Count;
        if (!KernelMemory.Boot.TryAllocate(frameCount, ReservedKind.FrameTable, out FrameRange table)) KernelStop.Panic("no memory for the frame table");
        KernelMemory.MakeZones(in plan, default(DirectMap).Pointer(table.Start.Start));
    }

    private static void MakeHeaps()
    {
        if (!KernelMemory.TryMakeHeaps(KernelMemory.Map.UsableEnd)) KernelStop.Panic("no memory for the heaps");
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

    private static void CatchInterrupts() =>
        Interrupts.Install(new InterruptStacks(InterruptStack(), InterruptStack(), InterruptStack()));

    private static VirtAddr InterruptStack()
    {
        if (KernelMemory.Space.AllocateStack(InterruptStackPages, out PageRange stack) != KernelSpaceResult.Ok) KernelStop.Panic("no memory for an interrupt stack");
        return stack.End.Start;
    }
}
