using Cosmos.Core.Memory;
using Cosmos.Core.Multiboot;

namespace Cosmos.Core;

/// <summary>The kit's part of the start, in the order that a Cosmos kernel knows.</summary>
/// <remarks>
/// The runtime's entry calls <see cref="Start"/> first of all, then readies itself to make objects and calls the kernel;
/// <c>Kernel.Start</c> calls <see cref="Init"/>.
/// </remarks>
public static unsafe class Bootstrap
{
    private const ulong TextScreen = 0xB8000;

    /// <summary>From the boot assembler to the first <c>new</c>: boot information, segments, interrupt table, memory.</summary>
    /// <param name="multibootInfo">The physical address of the boot loader's information, mapped where it is.</param>
    public static void Start(CosmosAddress multibootInfo)
    {
        EarlyConsole.Initialize();
        MultibootStatus status = Multiboot2.Init(multibootInfo);
        if (HasTextScreen())
            EarlyConsole.SetScreen((ushort*)TextScreen);
        DescriptorTables.Install();
        PIC.Initialize();
        if (Multiboot2.MemoryMapCount == 0)
            StopWithoutMap(status);
        Acpi.Init();
        InitMemory();
    }

    /// <summary>What waits until the kernel object exists: the interrupt table, SSE, interrupts on.</summary>
    public static void Init()
    {
        CPU.InitSSE();
        CPU.UpdateIDT(true);
    }

    /// <summary>Where the boot loader says nothing about the screen, a BIOS left a text screen and UEFI left none.</summary>
    private static bool HasTextScreen() => Multiboot2.HasFramebuffer
        ? Multiboot2.Framebuffer.Kind == FramebufferKind.Text
        : !Multiboot2.HasEfiMemoryMap;

    /// <summary>The three that a kernel with a memory manager of its own replaces, in their order.</summary>
    private static void InitMemory()
    {
        UsableMemory.Range range = DefaultRange();
        GCImplementation.Init();
        RAT.Init((byte*)(CosmosAddress)range.Start, (CosmosAddress)(range.End - range.Start));
        Heap.Init();
    }

    private static UsableMemory.Range DefaultRange()
    {
        const int FixedCount = 2;
        UsableMemory.Range* reserved = stackalloc UsableMemory.Range[FixedCount + Multiboot2.MaxModuleCount];
        reserved[0] = new UsableMemory.Range { Start = (ulong)CPU.GetStartOfKernel(), End = (ulong)CPU.GetEndOfKernel() };
        ulong info = (ulong)Multiboot2.InfoAddress;
        reserved[1] = new UsableMemory.Range { Start = info, End = info + Multiboot2.InfoSizeBytes };
        for (int i = 0; i < Multiboot2.ModuleCount; i++)
        {
            ModuleInfo module = Multiboot2.GetModule(i);
            reserved[FixedCount + i] = new UsableMemory.Range { Start = module.Start, End = module.End };
        }

        return UsableMemory.FindLargest(
            Multiboot2.MemoryMap, Multiboot2.MemoryMapCount, reserved, FixedCount + Multiboot2.ModuleCount);
    }

    private static void StopWithoutMap(MultibootStatus status) => Panic.Stop(status switch
    {
        MultibootStatus.BadAddress => "the boot loader handed over no Multiboot2 information",
        MultibootStatus.BadTotalSize => "the boot loader's Multiboot2 information has an impossible size",
        MultibootStatus.BadTag => "the boot loader's Multiboot2 information is malformed and has no memory map",
        _ => "the boot loader handed over no memory map",
    });
}
