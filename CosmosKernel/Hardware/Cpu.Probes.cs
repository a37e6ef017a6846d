using System;
using IL2CPU.API.Attribs;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <content>Accesses that may fault and come back to say so.</content>
/// <remarks>
/// A probe is an X# body whose one dangerous instruction stands in the fix-up table; how a fault finds its way back is told at
/// <see cref="FaultRecovery"/>. A probe costs a call and two or three instructions more than the bare access when nothing faults.
/// </remarks>
public static unsafe partial class Cpu
{
    /// <summary>Reads the byte at <paramref name="address"/>; <paramref name="value"/> is 0 when that faults.</summary>
    public static ProbeOutcome ProbeRead8(VirtAddr address, out byte value)
    {
        byte loaded = 0;
        uint outcome = ProbeLoad8(Word(address), &loaded); // SAFETY: the plug writes one byte when the access succeeds.
        value = loaded;
        return ProbeOutcome.FromRaw(outcome);
    }

    /// <summary>Writes the byte at <paramref name="address"/>.</summary>
    public static ProbeOutcome ProbeWrite8(VirtAddr address, byte value) => ProbeOutcome.FromRaw(ProbeStore8(Word(address), value));

    /// <summary>Calls the code at <paramref name="address"/>, which must keep to the calling convention.</summary>
    /// <remarks>Recovered are the faults of the call itself and of the first instruction there, its fetch above all; a fault deeper inside is like any other.</remarks>
    public static ProbeOutcome ProbeExecute(VirtAddr address) => ProbeOutcome.FromRaw(ProbeCall(Word(address)));

    /// <summary>Reads a model-specific register that may not exist; <paramref name="value"/> is 0 then.</summary>
    public static ProbeOutcome ProbeReadMsr(uint index, out ulong value)
    {
        ulong loaded = 0;
        uint outcome = ProbeRdmsr(index, &loaded); // SAFETY: the plug writes eight bytes when the read succeeds.
        value = loaded;
        return ProbeOutcome.FromRaw(outcome);
    }

    /// <summary>Writes a model-specific register that may not exist or may refuse the value.</summary>
    public static ProbeOutcome ProbeWriteMsr(uint index, ulong value) => ProbeOutcome.FromRaw(ProbeWrmsr(index, value));

    /// <summary>Copies bytes upwards between memories of which either may fault.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Where from.</param>
    /// <param name="byteCount">How many bytes.</param>
    /// <param name="remainingBytes">How many were not copied: 0 unless a byte faulted.</param>
    public static ProbeOutcome ProbeCopy(VirtAddr destination, VirtAddr source, CosmosAddress byteCount, out CosmosAddress remainingBytes)
    {
        CosmosAddress remaining = byteCount;
        uint outcome = ProbeMove(Word(destination), Word(source), byteCount, &remaining); // SAFETY: the plug writes one word.
        remainingBytes = remaining;
        return ProbeOutcome.FromRaw(outcome);
    }

    [PlugMethod(PlugRequired = true)]
    internal static uint ProbeLoad8(CosmosAddress address, byte* value) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static uint ProbeStore8(CosmosAddress address, byte value) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static uint ProbeCall(CosmosAddress target) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static uint ProbeRdmsr(uint index, ulong* value) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static uint ProbeWrmsr(uint index, ulong value) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static uint ProbeMove(CosmosAddress destination, CosmosAddress source, CosmosAddress byteCount, CosmosAddress* remaining) =>
        throw new NotImplementedException();

    /// <summary>The first entry of the fix-up table that the linker put together.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static FaultFixup* FixupsStart() => throw new NotImplementedException();

    /// <summary>One past the last entry of the fix-up table.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static FaultFixup* FixupsEnd() => throw new NotImplementedException();

    private static CosmosAddress Word(VirtAddr address) => unchecked((CosmosAddress)address.Value);
}
