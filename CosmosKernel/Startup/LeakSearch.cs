using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Finds the raw blocks that nothing reaches: from the kernel's variables, all stacks and registers, and the live objects.</summary>
public static unsafe class LeakSearch
{
    /// <summary>Marks what is reached; false where the heap does not track, or another processor does not stand still. Objects that nothing reaches are collected first: what they held is leaked.</summary>
    public static bool TryRun()
    {
        if (KernelMemory.Heap.Watch == HeapWatch.None) return false;
        ObjectMemory.TryCollect(out _);
        bool wereOn = Cpu.DisableInterrupts();
        StopOutcome stop = StopOutcome.Beaten;
        while (stop == StopOutcome.Beaten) stop = SafePoints.TryStopOthers(out _);
        if (stop == StopOutcome.Stopped)
        {
            Cpu.CallWithRegisters(&MarkFrom);
            SafePoints.Release();
        }

        Cpu.RestoreInterrupts(wereOn);
        return stop == StopOutcome.Stopped;
    }

    private static void MarkFrom(CosmosAddress stackPointer)
    {
        RootRegions regions;
        RootRegions.Find(&regions);
        KernelMemory.Heap.BeginLeakSearch();
        byte* start = Pointer(KernelMemory.Image.DataStart);
        byte* end = Pointer(KernelMemory.Image.DataEnd);
        byte* guard = Pointer(KernelMemory.Image.StackGuard);

        // Below the stack pointer lies what was; below the stack, a page that is not mapped.
        bool holdsStack = guard >= start && guard < end;
        KernelMemory.Heap.AddLeakRoot(start, holdsStack ? guard : end);
        KernelMemory.Heap.AddLeakRoot((void*)stackPointer, regions.StackTop);
        if (holdsStack) KernelMemory.Heap.AddLeakRoot(regions.StackTop, end);
        OtherStacks.Visit(&AddStack);
        nuint cursor = 0;
        while (KernelMemory.Objects.TryNextObject(ref cursor, out byte* blockStart, out nuint sizeBytes)) KernelMemory.Heap.AddLeakRoot(blockStart, blockStart + sizeBytes);
    }

    private static void AddStack(void* start, void* end) => KernelMemory.Heap.AddLeakRoot(start, end);

    private static byte* Pointer(VirtAddr address) => (byte*)(nuint)address.Value;
}
