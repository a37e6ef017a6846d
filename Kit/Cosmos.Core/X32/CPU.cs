using IL2CPU.API.Attribs;

namespace Cosmos.Core;

/// <summary>The processor, as the installed kit knows it: signatures to compile against, without bodies.</summary>
public static class CPU
{
    /// <summary>Whether interrupts are let through.</summary>
    public static bool mInterruptsEnabled;

    /// <summary>The memory above 1 MiB in MiB, by the boot loader.</summary>
    public static uint GetAmountOfRAM() => throw null!;

    /// <summary>The first address behind the kernel.</summary>
    [PlugMethod(PlugRequired = true)]
    public static uint GetEndOfKernel() => throw null!;

    /// <summary>The frame pointer.</summary>
    [PlugMethod(PlugRequired = true)]
    public static uint GetEBPValue() => throw null!;

    /// <summary>Where the stack starts, its highest address.</summary>
    [PlugMethod(PlugRequired = true)]
    public static uint GetStackStart() => throw null!;

    /// <summary>Loads the interrupt table.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void UpdateIDT(bool aEnableInterruptsImmediately) => throw null!;

    /// <summary>Switches the x87 unit on.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void InitFloat() => throw null!;

    /// <summary>Switches the SSE instructions on.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void InitSSE() => throw null!;

    /// <summary>Clears bytes.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void ZeroFill(uint aStartAddress, uint aLength) => throw null!;

    /// <summary>Waits for the next interrupt.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Halt() => throw null!;

    /// <summary>Restarts the machine.</summary>
    public static void Reboot() => throw null!;

    /// <summary>Lets interrupts in.</summary>
    public static void EnableInterrupts() => throw null!;

    /// <summary>Masks interrupts; says whether they were on.</summary>
    public static bool DisableInterrupts() => throw null!;

    /// <summary>The time-stamp counter.</summary>
    public static ulong GetCPUUptime() => throw null!;

    /// <summary>Whether there is CPUID.</summary>
    public static int CanReadCPUID() => throw null!;

    /// <summary>Reads CPUID.</summary>
    public static void ReadCPUID(uint type, ref int eax, ref int ebx, ref int ecx, ref int edx) => throw null!;

    /// <summary>The firmware's memory map; makes objects.</summary>
    public static MemoryMapBlock[] GetMemoryMap() => throw null!;

    /// <summary>The longest usable block of the memory map; null without a map.</summary>
    public static unsafe RawMemoryMapBlock* GetLargestMemoryBlock() => throw null!;
}
