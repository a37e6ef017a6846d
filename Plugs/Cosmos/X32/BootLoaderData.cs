using Cosmos.Core;
using Cosmos.Core.Multiboot;
using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Carries what the installed kit learnt from the boot loader to MemOS's start.</summary>
internal static unsafe class BootLoaderData
{
    // The kit's frames start here; below lie its parts that the linker puts at addresses of their own.
    private const uint ImageStart = 0x100000;
    private const uint StackBytes = 0x50000;
    private const uint PageMask = 4095;
    private const uint HeaderBytes = 16;

    private static KernelImage s_image;
    private static bool s_isStarted;

    /// <summary>Where the kernel lies.</summary>
    public static KernelImage* Image
    {
        get
        {
            fixed (KernelImage* image = &s_image) return image; // SAFETY: a static field stays where it is.
        }
    }

    /// <summary>Brings MemOS's memory up, once.</summary>
    public static void StartMemory()
    {
        if (s_isStarted) return;
        s_isStarted = true;
        uint end = (CPU.GetEndOfKernel() + PageMask) & ~PageMask;
        uint top = CPU.GetStackStart();
        s_image = new KernelImage(PhysAddr.FromTrusted(ImageStart), PhysAddr.FromTrusted(end), VirtAddr.FromTrusted(top - StackBytes), VirtAddr.FromTrusted(top));
        if (!Multiboot2.MemoryMapExists()) KernelStop.Panic("the boot loader handed over no memory map");

        global::Cosmos.Core.Multiboot.Tags.MemoryMap* map = Multiboot2.MemoryMap;
        uint* record = (uint*)Multiboot2.GetMBIAddress();
        BootInformation boot = default;
        boot.Entries = new BootMemoryEntries((byte*)map + HeaderBytes, (int)((map->Size - HeaderBytes) / map->EntrySize), map->EntrySize);
        boot.RecordStart = PhysAddr.FromTrusted((uint)record);
        boot.RecordBytes = record[0]; // The record begins with its size.
        MemoryStart.Run(in boot, in s_image);
    }
}
