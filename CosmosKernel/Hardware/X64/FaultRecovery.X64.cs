using Cosmos.Core;

namespace MemOS.Hardware;

/// <content>Where the interrupted stack is on x86-64.</content>
public static unsafe partial class FaultRecovery
{
    /// <summary>Long mode pushes the stack pointer in every interrupt.</summary>
    private static CosmosAddress TopOfInterruptedStack(ref INTs.IRQContext context) =>
        *(CosmosAddress*)context.UserESP; // SAFETY: a stack of the kernel that the processor has just used.
}
