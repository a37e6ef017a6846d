using System;
using IL2CPU.API.Attribs;

namespace MemOS.Hardware;

/// <content>The interrupt entries, x86-64.</content>
public static unsafe partial class Cpu
{
    /// <summary>Tells the 256 interrupt entries what to call and says where the first one is.</summary>
    /// <remarks>
    /// An entry saves the interrupted state as a <c>Cosmos.Core.INTs.IRQContext</c>, calls the handler with it, and resumes with what the handler
    /// left there. Vector 14 has an entry of its own, which reads CR2 before anything else can fault.
    /// </remarks>
    /// <param name="dispatch">A static method: <c>void (ref INTs.IRQContext)</c>.</param>
    /// <param name="pageFault">A static method: <c>void (ref INTs.IRQContext, CosmosAddress faultAddress)</c>.</param>
    /// <returns>The entry of vector 0; the others follow, <see cref="ProcessorTables.EntryStride"/> bytes apart.</returns>
    [PlugMethod(PlugRequired = true)]
    internal static byte* InterruptEntries(void* dispatch, void* pageFault) => throw new NotImplementedException();
}
