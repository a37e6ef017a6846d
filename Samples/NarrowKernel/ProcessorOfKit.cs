using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Hardware;

namespace NarrowKernel;

/// <summary>What the installed kit's processor class says of the image, and what else must have a body.</summary>
[Plug(Target = typeof(CPU))]
public static unsafe class ProcessorOfKit
{
    private static uint s_end;
    private static uint s_stackTop;

    /// <summary>The first address behind the kernel.</summary>
    public static uint GetEndOfKernel() => s_end;

    /// <summary>Where the stack starts, its highest address.</summary>
    public static uint GetStackStart() => s_stackTop;

    /// <summary>The frame pointer.</summary>
    public static uint GetEBPValue() => Cpu.ReadFramePointer();

    /// <summary>The table is in use from the start.</summary>
    public static void UpdateIDT(bool aEnableInterruptsImmediately)
    {
    }

    /// <summary>Done by the entry.</summary>
    public static void InitFloat()
    {
    }

    /// <summary>Done by the entry.</summary>
    public static void InitSSE()
    {
    }

    /// <summary>Clears bytes.</summary>
    public static void ZeroFill(uint aStartAddress, uint aLength) => Cpu.FillBytes((byte*)aStartAddress, 0, aLength);

    /// <summary>Waits for the next interrupt.</summary>
    public static void Halt() => Cpu.Halt();

    /// <summary>Takes what the entry knows.</summary>
    internal static void Start(uint end, uint stackTop)
    {
        s_end = end;
        s_stackTop = stackTop;
    }
}
