using System;
using Cosmos.Core.Multiboot;
using IL2CPU.API.Attribs;

namespace Cosmos.Core;

/// <summary>The processor that the kernel runs on.</summary>
public static unsafe class CPU
{
    private const ulong MiB = 1024 * 1024;

    /// <summary>The usable memory in MiB, rounded down.</summary>
    public static uint GetAmountOfRAM() => (uint)(Multiboot2.UsableBytes / MiB);

    /// <summary>The physical address of the first byte of the kernel's image.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress GetStartOfKernel() => throw new NotImplementedException();

    /// <summary>The physical address of the first byte behind the kernel's image.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress GetEndOfKernel() => throw new NotImplementedException();

    /// <summary>The firmware's memory map.</summary>
    public static MemoryMapBlock[] GetMemoryMap()
    {
        var blocks = new MemoryMapBlock[Multiboot2.MemoryMapCount];
        for (int i = 0; i < blocks.Length; i++)
        {
            RawMemoryMapBlock* raw = Multiboot2.MemoryMap + i;
            blocks[i] = new MemoryMapBlock { Address = raw->Address, Length = raw->Length, Type = raw->Type };
        }

        return blocks;
    }

    /// <summary>Whether the boot loader handed over a memory map.</summary>
    public static bool MemoryMapExists() => Multiboot2.MemoryMapCount > 0;

    /// <summary>The longest usable block of the memory map; null when there is none.</summary>
    public static RawMemoryMapBlock* GetLargestMemoryBlock()
    {
        RawMemoryMapBlock* largest = null;
        for (int i = 0; i < Multiboot2.MemoryMapCount; i++)
        {
            RawMemoryMapBlock* block = Multiboot2.MemoryMap + i;
            if (block->Type == RawMemoryMapBlock.Usable && (largest == null || block->Length > largest->Length))
                largest = block;
        }

        return largest;
    }

    /// <summary>Loads the kernel's interrupt table.</summary>
    public static void UpdateIDT(bool aEnableInterruptsImmediately)
    {
        DescriptorTables.LoadInterruptTable();
        if (aEnableInterruptsImmediately)
            EnableInterrupts();
    }

    /// <summary>Whether the processor has the CPUID instruction: every x86-64 has.</summary>
    public static int CanReadCPUID() => 1;

    /// <summary>Reads one leaf of CPUID; <paramref name="ecx"/> says which sub-leaf.</summary>
    public static void ReadCPUID(uint type, ref int eax, ref int ebx, ref int ecx, ref int edx)
    {
        CpuidResult result;
        Cpuid(type, (uint)ecx, (uint*)&result);
        eax = (int)result.Eax;
        ebx = (int)result.Ebx;
        ecx = (int)result.Ecx;
        edx = (int)result.Edx;
    }

    /// <summary>Restarts the machine.</summary>
    public static void Reboot() => MachineControl.Reset();

    /// <summary>Clears <paramref name="aLength"/> bytes.</summary>
    public static void ZeroFill(CosmosAddress aStartAddress, CosmosAddress aLength) =>
        MemoryOperations.Fill((byte*)aStartAddress, 0, aLength);

    /// <summary>Masks interrupts for good and halts.</summary>
    public static void StopForever()
    {
        for (; ; )
        {
            DisableInterrupts();
            Halt();
        }
    }

    /// <summary>What the runtime keeps of the thread that runs.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static ThreadBlock* GetThread() => throw new NotImplementedException();

    /// <summary>The address where the boot stack starts, its highest.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress GetStackStart() => throw new NotImplementedException();

    /// <summary>The address of the page below the boot stack, which no table maps.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static CosmosAddress GetStackGuard() => throw new NotImplementedException();

    /// <summary>Masks interrupts and returns whether they were on.</summary>
    [PlugMethod(PlugRequired = true)]
    public static bool DisableInterrupts() => throw new NotImplementedException();

    /// <summary>Lets interrupts in.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void EnableInterrupts() => throw new NotImplementedException();

    /// <summary>Waits for the next interrupt.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Halt() => throw new NotImplementedException();

    /// <summary>Tells the processor that it is in a wait loop.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Pause() => throw new NotImplementedException();

    /// <summary>Switches the SSE instructions on.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void InitSSE() => throw new NotImplementedException();

    /// <summary>The time-stamp counter.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ulong GetCPUUptime() => throw new NotImplementedException();

    /// <summary>The address that the last page fault was about.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress GetFaultAddress() => throw new NotImplementedException();

    /// <summary>The physical address of the page tables' root, with the bits that control its use.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress GetPageTableRoot() => throw new NotImplementedException();

    /// <summary>Reads one leaf of CPUID into four words: EAX, EBX, ECX, EDX.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Cpuid(uint leaf, uint subleaf, uint* result) => throw new NotImplementedException();

    /// <summary>Loads the segment table and its code and data selectors (8 and 16) and the task register (24).</summary>
    [PlugMethod(PlugRequired = true)]
    internal static void LoadSegments(void* gdtPointer) => throw new NotImplementedException();

    /// <summary>Loads the interrupt table.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static void LoadInterrupts(void* idtPointer) => throw new NotImplementedException();

    /// <summary>The 256 interrupt entries, <see cref="DescriptorTables.StubStride"/> bytes apart; they call <paramref name="dispatch"/>.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static byte* InterruptStubs(void* dispatch) => throw new NotImplementedException();

    /// <summary>Makes the processor reset itself, by an interrupt without an interrupt table.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static void TripleFault() => throw new NotImplementedException();

    private struct CpuidResult
    {
        public uint Eax;
        public uint Ebx;
        public uint Ecx;
        public uint Edx;
    }
}
