using System.Runtime.CompilerServices;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Puts in order what the firmware and the boot loader say: what is taken, the memory map, the nodes.</summary>
/// <remarks>
/// Lists of an ordinary length are kept in the kernel's own data. A longer map, or one of more nodes, lies in frames that are
/// reached at their physical addresses first; <see cref="MoveTo"/> follows them into the direct map.
/// </remarks>
internal static unsafe class FirmwareLists
{
    private const ulong FirstMiB = 1UL << 20;

    // SAFETY: the attribute keeps it where it is: the lists live in it for good.
    [FixedAddressValueType]
#pragma warning disable CS0649 // Written through pointers.
    private static Storage s_storage;
#pragma warning restore CS0649

    private static bool s_mapIsInFrames;
    private static bool s_topologyIsInFrames;

    private static Storage* Kept => (Storage*)Unsafe.AsPointer(ref s_storage);

    /// <summary>Reads the boot menu's line.</summary>
    internal static void ReadCommandLine(in BootInformation boot)
    {
        KernelMemory.SetCommandLine(KernelCommandLine.Parse(
            boot.CommandLine, Kept->CommandLine, Storage.CommandLineBytes, &FrameAllocators.IsKnown, &HeapPolicies.IsKnown));
    }

    /// <summary>Reads the map, around what is taken, and begins to allocate.</summary>
    /// <param name="boot">What the boot loader said.</param>
    /// <param name="image">The kernel.</param>
    /// <param name="mappedEnd">Memory from here on cannot be reached yet.</param>
    /// <param name="end">Memory from here on cannot be reached at all, and is left out of the map.</param>
    internal static void ReadMap(in BootInformation boot, in KernelImage image, PhysAddr mappedEnd, PhysAddr end)
    {
        ReservedRegions taken = new(Kept->Reserved, Storage.ReservedBytes);
        ListWhatIsTaken(in boot, in image, ref taken);
        MemoryMapBuilder builder = BuilderFor(boot.Entries, ref taken, mappedEnd);
        for (int i = 0; i < boot.Entries.Count; i++)
        {
            BootMemoryEntry entry = boot.Entries[i];
            if (entry.Start >= end) continue;
            ulong room = end - entry.Start;
            ulong sizeBytes = entry.SizeBytes < room ? entry.SizeBytes : room;
            KernelAssert.That(builder.TryAdd(entry.Start, sizeBytes, entry.Kind), "FirmwareLists: the map's storage is full");
        }

        KernelMemory.SetMap(builder.Build());
        if (KernelMemory.Map.UsableFrames == 0) KernelStop.Panic("the firmware's memory map has no usable memory");
        KernelMemory.Boot = new BootAllocator(in KernelMemory.Map, in taken, mappedEnd);
    }

    /// <summary>Reads the firmware's tables about nodes; what cannot be believed, or reached, makes one node of the machine.</summary>
    internal static void ReadTopology(in BootInformation boot, PhysAddr mappedEnd)
    {
        AcpiMemory<DirectMap> readable = new(default, PhysAddr.FromTrusted(FrameNumber.SizeBytes), mappedEnd);
        TopologyTables<DirectMap> tables = TopologyTables<DirectMap>.Find(in readable, boot.RootPointer, boot.RootPointerBytes);
        ulong sizeBytes = Topology.MetadataBytes(in tables);
        byte* storage = Kept->Topology;
        s_topologyIsInFrames = sizeBytes > Storage.TopologyBytes;
        if (s_topologyIsInFrames)
        {
            ulong frameCount = FrameNumber.CountFor(sizeBytes);
            if (!KernelMemory.Boot.TryAllocate(frameCount, ReservedKind.BootAllocation, out FrameRange frames))
                KernelStop.Panic("no memory for the list of nodes");
            storage = default(DirectMap).Pointer(frames.Start.Start);
        }

        KernelMemory.SetTopology(Topology.Read(in KernelMemory.Map, in tables, storage));
        _ = KernelMemory.Topology.Place(CpuId.Zero, ProcessorState.ApicId);
    }

    /// <summary>Reads which processors there are.</summary>
    internal static void ReadProcessors(in BootInformation boot, PhysAddr mappedEnd)
    {
        AcpiMemory<DirectMap> readable = new(default, PhysAddr.FromTrusted(FrameNumber.SizeBytes), mappedEnd);
        KernelMemory.SetProcessors(ProcessorList.Read(in readable, boot.RootPointer, boot.RootPointerBytes, ProcessorState.ApicId, Kept->Processors));
    }

    /// <summary>Physical memory is at <paramref name="directMap"/> from now on, and no longer at its own addresses.</summary>
    internal static void MoveTo(VirtAddr directMap)
    {
        if (s_mapIsInFrames)
        {
            KernelMemory.SetMap(KernelMemory.Map.MovedBy(directMap.Value));
            KernelMemory.Boot.UseMapAt(in KernelMemory.Map);
        }

        if (s_topologyIsInFrames) KernelMemory.SetTopology(KernelMemory.Topology.MovedBy(directMap.Value));
    }

    private static void ListWhatIsTaken(in BootInformation boot, in KernelImage image, ref ReservedRegions taken)
    {
        bool fits = taken.TryAdd(PhysAddr.Zero, FirstMiB, ReservedKind.Bios)
            && taken.TryAdd(image.PhysicalStart, PhysicalOf(image, image.TextEnd) - image.PhysicalStart, ReservedKind.KernelText)
            && taken.TryAdd(PhysicalOf(image, image.ConstantsStart), image.ConstantsEnd - image.ConstantsStart, ReservedKind.KernelReadOnlyData)
            && taken.TryAdd(PhysicalOf(image, image.DataStart), image.DataEnd - image.DataStart, ReservedKind.KernelData)
            && taken.TryAdd(boot.RecordStart, boot.RecordBytes, ReservedKind.BootInformation)
            && taken.TryAdd(boot.ScreenStart, boot.ScreenBytes, ReservedKind.Framebuffer);
        for (int i = 0; i < boot.ModuleCount; i++)
        {
            PhysAddr start = PhysAddr.FromTrusted(boot.Modules[2 * i]);
            ulong sizeBytes = boot.Modules[(2 * i) + 1] - start.Value;
            fits &= taken.TryAdd(start, sizeBytes, ReservedKind.BootModule);
            if (i == 0) KernelMemory.SetFirstModule(start, sizeBytes);
        }

        ZoneLayout layout = ZoneLayout.Of(KernelMemory.CommandLine.Zones);
        fits &= taken.TryAdd(PhysAddr.Zero, layout.FirstFrame.Start.Value, ReservedKind.BelowLayout);
        if (!fits) KernelStop.Panic("more ranges are reserved at boot than MemOS keeps");
    }

    private static MemoryMapBuilder BuilderFor(in BootMemoryEntries entries, ref ReservedRegions taken, PhysAddr mappedEnd)
    {
        ulong sizeBytes = (ulong)entries.Count * MemoryMapBuilder.BytesPerEntry;
        s_mapIsInFrames = sizeBytes > Storage.MapBytes;
        if (!s_mapIsInFrames) return new MemoryMapBuilder(Kept->Map, Storage.MapBytes);

        if (entries.Count > MapStorage.MaxEntries)
            KernelStop.Panic("the firmware's memory map has ", (ulong)entries.Count, " entries, more than MemOS reads");
        ulong frameCount = FrameNumber.CountFor(sizeBytes);
        if (!MapStorage.TryFind(in entries, in taken, frameCount, mappedEnd.ContainingFrame, out FrameRange frames)
            || !taken.TryAdd(frames, ReservedKind.BootAllocation))
        {
            KernelStop.Panic("the firmware's memory map has ", (ulong)entries.Count, " entries and no room to put them in order");
        }

        return new MemoryMapBuilder(default(DirectMap).Pointer(frames.Start.Start), frames.SizeBytes);
    }

    // Sections lie in the image as they are linked.
    private static PhysAddr PhysicalOf(in KernelImage image, VirtAddr address) =>
        PhysAddr.FromTrusted(image.PhysicalEnd.Value - (image.DataEnd - address));

    /// <summary>Room for what must be kept before there is an allocator.</summary>
    private struct Storage
    {
        public const int MapBytes = 4 * 1024;
        public const int ReservedBytes = 8 * 1024;
        public const int TopologyBytes = 4 * 1024;
        public const int CommandLineBytes = 2048;
        public const int ProcessorBytes = CpuId.Limit * sizeof(uint);

        public fixed byte Map[MapBytes];
        public fixed byte Reserved[ReservedBytes];
        public fixed byte Topology[TopologyBytes];
        public fixed byte CommandLine[CommandLineBytes];
        public fixed byte Processors[ProcessorBytes];
    }
}
