using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Runtime;

/// <summary>The end of the kernel, by the kit's panic.</summary>
[Plug(typeof(KernelStop))]
public static class KernelStopPlug
{
    /// <summary>Says why and stops.</summary>
    public static void Panic(string reason) => global::Cosmos.Core.Panic.Stop(reason);

    /// <summary>Says why, with a number in it, and stops.</summary>
    public static void Panic(string before, ulong number, string after) => global::Cosmos.Core.Panic.Stop(before, number, after);

    /// <summary>Says why, with the registers of what was interrupted and its back-trace, and stops.</summary>
    public static void Report(string reason, ref INTs.IRQContext context) => global::Cosmos.Core.Panic.Stop(reason, ref context);

    /// <summary>Takes the screen from the early console.</summary>
    public static unsafe void LeaveScreen() => EarlyConsole.SetScreen(null);

    /// <summary>Says what makes the other processors stop.</summary>
    public static unsafe void CallFirst(delegate*<void> stopOthers) => global::Cosmos.Core.Panic.StopOthersHook = stopOthers;

    /// <summary>Writes a character of a report.</summary>
    public static void Write(byte character) => EarlyConsole.Write(character);

    /// <summary>Asks the runtime to make a managed exception of a fault in compiled code.</summary>
    public static unsafe bool TryRaiseException(ref INTs.IRQContext context) =>
        INTs.ManagedFaultHook != null && INTs.ManagedFaultHook(ref context);
}
