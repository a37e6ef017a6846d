using Cosmos.Core.Multiboot;
using Cosmos.System.Consoles;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Plugs.Runtime;

/// <summary>Carries what the kit learnt from the boot loader to MemOS's start, and moves the screen to where MemOS maps it.</summary>
public static unsafe class BootLoaderData
{
    /// <summary>Brings MemOS's memory up.</summary>
    public static void StartMemory()
    {
        ulong* modules = stackalloc ulong[2 * Multiboot2.MaxModuleCount];
        BootInformation boot = default;
        boot.Entries = new BootMemoryEntries(Multiboot2.LoaderMap, Multiboot2.LoaderMapCount, Multiboot2.LoaderMapEntryBytes);
        boot.RootPointer = Multiboot2.AcpiRsdp;
        boot.RootPointerBytes = Multiboot2.AcpiRsdpLength;
        boot.CommandLine = new TextSlice(Multiboot2.CommandLine, Multiboot2.CommandLineLength);
        boot.RecordStart = PhysAddr.FromTrusted(Multiboot2.InfoAddress);
        boot.RecordBytes = Multiboot2.InfoSizeBytes;
        boot.ScreenStart = PhysAddr.FromTrusted(MachineConsole.ScreenPhysicalAddress);
        boot.ScreenBytes = MachineConsole.ScreenSizeBytes;
        boot.Modules = modules;
        boot.ModuleCount = Multiboot2.ModuleCount;
        for (int i = 0; i < boot.ModuleCount; i++)
        {
            ModuleInfo module = Multiboot2.GetModule(i);
            modules[2 * i] = module.Start;
            modules[(2 * i) + 1] = module.End;
        }

        MemoryStart.Run(in boot, in *ImageLocation.Table());
        MoveScreen();
    }

    // Until this is done a report reaches the serial line only.
    private static void MoveScreen()
    {
        PhysAddr screen = PhysAddr.FromTrusted(MachineConsole.ScreenPhysicalAddress);
        Caching caching = ProcessorState.Features.Has(CpuFeature.Pat) ? Caching.WriteCombining : Caching.Disabled;
        KernelSpaceResult result = KernelMemory.Space.MapDevice(screen, MachineConsole.ScreenSizeBytes, caching, out VirtAddr address);
        if (result != KernelSpaceResult.Ok) KernelStop.Panic("the screen's memory cannot be mapped");
        MachineConsole.MoveScreen((CosmosAddress)address.Value);
    }
}
