using System;
using System.Runtime;
using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>Where managed code begins.</summary>
internal static class Entry
{
    /// <summary>Called by Native/boot.asm on the boot stack, interrupts off.</summary>
    /// <param name="multibootInfo">Physical address of the boot loader's information.</param>
    [RuntimeExport("KitEntry")]
    private static void Start(nuint multibootInfo)
    {
        BackTrace.Install();
        Bootstrap.Start(multibootInfo);
        Modules.Start();
        // Only now can a fault become an exception: an exception is an object.
        HardwareFaults.Install();
        Cosmos.System.Kernel kernel = Cosmos.System.KernelFactory.Create();
        kernel.Start();
        GC.KeepAlive(kernel); // As long as it runs; and so this call is there while it does, and ends each back-trace.
    }
}
