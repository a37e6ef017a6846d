using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>The faults that memory is concerned with come to MemOS.</summary>
[Plug(Target = typeof(INTs))]
public static class INTsPlug
{
    /// <summary>The double fault. Without a stack of its own it arrives only while there is stack left.</summary>
    public static void HandleInterrupt_08(ref INTs.IRQContext aContext) => FaultDriver.DoubleFault(ref aContext);

    /// <summary>The general protection fault: a probe's, or the end.</summary>
    public static void HandleInterrupt_0D(ref INTs.IRQContext aContext)
    {
        if (!FaultRecovery.TryRecover(ref aContext)) KernelStop.Report("general protection fault", ref aContext);
    }

    /// <summary>The page fault: a probe's, or the end, with a report.</summary>
    public static void HandleInterrupt_0E(ref INTs.IRQContext aContext)
    {
        if (!FaultRecovery.TryRecover(ref aContext)) FaultDriver.PageFault(ref aContext);
    }
}
