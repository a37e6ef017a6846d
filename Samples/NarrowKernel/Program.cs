using System.Runtime.CompilerServices;
using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.SelfTest;
using MemOS.Startup;

namespace NarrowKernel;

/// <summary>MemOS's Cosmos flavour as 32-bit code: it boots as a Cosmos kernel does, and checks its memory.</summary>
public static unsafe class Program
{
    private const ushort Exit = 0xF4;
    private const byte Done = 0x10;
    private const ulong Seed = 2026;
    private const ulong StressOperations = 20_000;
    private const ulong ManyFrames = 1UL << 17;
    private const ulong HugeFrames = 1UL << 21;

    // The others of the kernel's own checks are about what only x86-64 has: an image of which nothing can be written and executed, guarded stacks.
    private static readonly string[] s_withPaging =
    {
        "cosmos.", "reach.", "new.hundred", "new.zeroed", "heap.zeroed", "heap.live", "heap.realloc", "heap.mistakes", "heap.grows", "heap.caches", "heap.exhaustion",
        "heap.leaks", "heap.invariants", "heap.the heaps", "frames.every", "paging.every mapping", "paging.page 0", "paging.kernel pages", "paging.device windows",
    };

    /// <summary>The kit's first call for memory, before there are objects.</summary>
    /// <param name="information">The boot loader's.</param>
    /// <param name="end">Behind the image.</param>
    /// <param name="stackTop">Behind the stack.</param>
    [AsmLabel("narrow_memory")]
    public static void StartMemory(uint* information, uint end, uint stackTop)
    {
        ProcessorOfKit.Start(end, stackTop);
        BootLoader.Start(information);
        GCImplementation.Init();
    }

    /// <summary>The kit's interrupt entries end here.</summary>
    [AsmLabel("narrow_interrupt")]
    public static void Interrupted(ref INTs.IRQContext context)
    {
        switch (context.Interrupt)
        {
            case 8:
                INTs.HandleInterrupt_08(ref context);
                break;
            case 13:
                INTs.HandleInterrupt_0D(ref context);
                break;
            case 14:
                INTs.HandleInterrupt_0E(ref context);
                break;
            default:
                KernelStop.Report("interrupt", ref context);
                break;
        }
    }

    /// <summary>The kernel: checks before and with paging, then a fault that is none of a check's.</summary>
    [AsmLabel("narrow_main")]
    public static void Main()
    {
        SerialTerminal terminal = new();
        SelfTestSuite suite = new();
        WidthChecks.AddTo(suite);
        CosmosChecks.AddTo(suite);
        ReachChecks.AddTo(suite);
        AllocationChecks.AddTo(suite);
        HeapChecks.AddTo(suite);
        PagingChecks.AddTo(suite);
        Run(suite, terminal, "width.");
        if (BootLoader.Asks("fault")) CauseFault();
        Run(suite, terminal, "cosmos.");
        MemoryStart.SwitchOnPaging();
        terminal.Write(LiveX86.IsWide ? "paging: pae\n" : "paging: two levels\n");
        foreach (string checks in s_withPaging) Run(suite, terminal, checks);
        bool isHuge = KernelMemory.Frames.Statistics.Total > HugeFrames;
        Stress(terminal, isHuge);
        if (!isHuge) Run(suite, terminal, "frames.");
        Run(suite, terminal, "heap.the heaps");
        terminal.Write("all done\n");
        Cpu.Out8(Exit, Done);
    }

    private static void Run(SelfTestSuite suite, SerialTerminal terminal, string checks) => suite.Run(terminal, new[] { checks });

    // Read through a null reference.
    private static void CauseFault()
    {
        MemoryStart.SwitchOnPaging();
        Cpu.Out8(Exit, *(byte*)0x10);
    }

    // Frames by the million take their time to be looked at one by one.
    private static void Stress(SerialTerminal terminal, bool isHuge)
    {
        TimestampMilliseconds clock = new();
        StressBudget budget = StressBudget.OfOperations(KernelMemory.Frames.Statistics.Total < ManyFrames ? StressOperations : StressOperations / 20, Seed);
        PhysicalMemory<DirectMap, ThisProcessor>* frames = (PhysicalMemory<DirectMap, ThisProcessor>*)Unsafe.AsPointer(ref KernelMemory.Frames); // SAFETY: it stays where it is.
        if (!isHuge) Say(terminal, "frames", new FrameStress<DirectMap, ThisProcessor>(frames, default, KernelMemory.Map, clock).Run(terminal, budget));
        KernelHeap<FramePageSource<DirectMap, ThisProcessor>, ThisProcessor, MachineWords>* heap = (KernelHeap<FramePageSource<DirectMap, ThisProcessor>, ThisProcessor, MachineWords>*)Unsafe.AsPointer(ref KernelMemory.Heap); // SAFETY: as above.
        Say(terminal, "heap", new HeapStress<FramePageSource<DirectMap, ThisProcessor>, ThisProcessor>(heap, clock).Run(terminal, budget));

        // Its large pages are those of 2 MiB. On both sides of a border of 1 GiB, where the layout has nothing.
        if (!LiveX86.IsWide) return;
        VirtAddr[] regions = { VirtAddr.FromTrusted(0x7FE0_0000), VirtAddr.FromTrusted(0x8000_0000), VirtAddr.FromTrusted(0x8020_0000) };
        Say(terminal, "paging", new PagingStress<DirectMap, LiveX86, TableFrames, LivePagingMachine>(
            default, default, default, KernelMemory.Space.Root, regions, clock).Run(terminal, budget));
    }

    private static void Say(SerialTerminal terminal, string what, string? failure) =>
        terminal.Write("stress." + what + (failure is null ? ": passed\n" : ": FAILED, " + failure + "\n"));
}
