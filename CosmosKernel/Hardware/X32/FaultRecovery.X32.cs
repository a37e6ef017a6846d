using Cosmos.Core;

namespace MemOS.Hardware;

/// <content>Where the interrupted stack is on x86-32.</content>
public static unsafe partial class FaultRecovery
{
    /// <summary>
    /// An interrupt of kernel code pushes no stack pointer: the word behind the flags, which the context names for interrupts of user
    /// code, is the top of the interrupted stack itself.
    /// </summary>
    private static CosmosAddress TopOfInterruptedStack(ref INTs.IRQContext context) => context.UserESP;
}
