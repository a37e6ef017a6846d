using Cosmos.Core;

namespace MemOS.Hardware;

/// <summary>Sends a fault of a probe back to the probe.</summary>
/// <remarks>
/// <para><b>Protocol.</b> An X# body that may fault writes pairs (place, recovery) into the fix-up table, a section of the image that the linker
/// gathers between two symbols. The interrupt path calls <see cref="TryRecover(ref INTs.IRQContext)"/> before any other handler:</para>
/// <list type="number">
/// <item>The interrupted instruction's address is looked up. Found: execution goes on at the recovery address, with the accumulator
/// (EAX, RAX) holding <see cref="ProbeOutcome.RawFault"/>. All other registers, the stack pointer too, are as at the fault.</item>
/// <item>Otherwise the word on top of the interrupted stack is looked up. A call pushes its return address before the target is fetched, so when
/// the target's first instruction faults, that word is the return address, which the body that called has put into the table. Execution
/// goes on at the recovery address in the same way; the body drops the return address itself.</item>
/// </list>
/// <para>
/// Nothing but the table and the frame is consulted, so probes may nest and run on every processor at once. Only faults are looked
/// up: an NMI, a machine check or a trap that happens to arrive on a probe's instruction is not the probe's, and a double fault has lost
/// its context. Only kernel code is looked up. Reading the stack's top is safe: the processor has just pushed the frame below it.
/// </para>
/// <para><b>Cost.</b> A fault walks the whole table, ten pairs or so, at most twice.</para>
/// </remarks>
public static unsafe partial class FaultRecovery
{
    private const CosmosAddress PrivilegeMask = 3;

    // Divide error, bound, invalid opcode, device not available, invalid TSS, segment not present, stack segment, general protection,
    // page fault, x87 error, alignment, SIMD error, virtualization, control protection.
    private const uint FaultVectors =
        1u << 0 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 16 | 1u << 17 | 1u << 19 | 1u << 20 | 1u << 21;

    /// <summary>Redirects <paramref name="context"/> when it is a probe's fault; otherwise changes nothing.</summary>
    /// <returns>True when resuming the context goes on in the probe.</returns>
    public static bool TryRecover(ref INTs.IRQContext context) => TryRecover(ref context, Cpu.FixupsStart(), Cpu.FixupsEnd());

    /// <summary>As above, with the table from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public static bool TryRecover(ref INTs.IRQContext context, FaultFixup* start, FaultFixup* end)
    {
        uint vector = (uint)context.Interrupt;
        if (vector >= 32 || (FaultVectors >> (int)vector & 1) == 0 || (context.CS & PrivilegeMask) != 0)
        {
            return false;
        }

        FaultFixup* fixup = Find(start, end, context.EIP);
        if (fixup == null)
        {
            fixup = Find(start, end, TopOfInterruptedStack(ref context));
        }

        if (fixup == null)
        {
            return false;
        }

        context.EIP = fixup->Recovery;
        context.EAX = ProbeOutcome.RawFault((byte)vector, (uint)context.Param);
        return true;
    }

    private static FaultFixup* Find(FaultFixup* start, FaultFixup* end, CosmosAddress place)
    {
        for (FaultFixup* fixup = start; fixup < end; fixup++)
        {
            if (fixup->Place == place)
            {
                return fixup;
            }
        }

        return null;
    }
}
