using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Page faults and double faults come to MemOS.</summary>
[Plug(typeof(INTs))]
public static class INTsPlug
{
    /// <summary>The page fault.</summary>
    public static void HandleInterrupt_0E(ref INTs.IRQContext aContext) => FaultDriver.PageFault(ref aContext);

    /// <summary>The double fault, on a stack of its own.</summary>
    public static void HandleInterrupt_08(ref INTs.IRQContext aContext) => FaultDriver.DoubleFault(ref aContext);
}
