using System;
using System.Diagnostics.CodeAnalysis;
using Cosmos.Core;
using IL2CPU.API.Attribs;

namespace MemOS.Startup;

/// <summary>The end of a kernel that cannot go on.</summary>
public static unsafe class KernelStop
{
    /// <summary>Says why on every screen and line there is, and stops the machine.</summary>
    [PlugMethod(PlugRequired = true)]
    [DoesNotReturn]
    public static void Panic(string reason) => throw new NotImplementedException();

    /// <summary>Writes a number between two texts, then stops: for reports made before anything can be formatted.</summary>
    [PlugMethod(PlugRequired = true)]
    [DoesNotReturn]
    public static void Panic(string before, ulong number, string after) => throw new NotImplementedException();

    /// <summary>Says why, with the registers of what was interrupted and a back-trace, and stops.</summary>
    [PlugMethod(PlugRequired = true)]
    [DoesNotReturn]
    public static void Report(string reason, ref INTs.IRQContext context) => throw new NotImplementedException();

    /// <summary>The screen's memory is about to be out of reach: until it is mapped again, reports go to the serial line alone.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void LeaveScreen() => throw new NotImplementedException();

    /// <summary>Called once before a report: makes the other processors stop for good, so that one reports; takes no memory.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static void CallFirst(delegate*<void> stopOthers) => throw new NotImplementedException();

    /// <summary>Writes an ASCII character of a report.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Write(byte character) => throw new NotImplementedException();

    /// <summary>Asks the runtime to make a managed exception of a fault in compiled code; true when resuming the context throws it.</summary>
    [PlugMethod(PlugRequired = true)]
    public static bool TryRaiseException(ref INTs.IRQContext context) => throw new NotImplementedException();
}
