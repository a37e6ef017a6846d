using MemOS.Hardware;
using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>The signal that a program gets for what the processor refused (Intel SDM vol. 3, 6.15; sigaction(2), "siginfo_t").</summary>
internal static unsafe class FaultSignal
{
    private const ulong DivideError = 0;
    private const ulong Debug = 1;
    private const ulong Breakpoint = 3;
    private const ulong Overflow = 4;
    private const ulong InvalidOpcode = 6;
    private const ulong SegmentNotPresent = 11;
    private const ulong StackSegment = 12;
    private const ulong FloatingPoint = 16;
    private const ulong Alignment = 17;
    private const ulong VectorFloatingPoint = 19;

    private const int NotMapped = 1; // SEGV_MAPERR
    private const int NotAllowed = 2; // SEGV_ACCERR
    private const int NoObject = 2; // BUS_ADRERR
    private const int Misaligned = 1; // BUS_ADRALN
    private const int IllegalOperand = 2; // ILL_ILLOPN
    private const int SingleStep = 2; // TRAP_TRACE
    private const int IntegerDivision = 1; // FPE_INTDIV

    /// <summary>What <paramref name="process"/> gets that has stopped so.</summary>
    internal static SignalInfo Of(Process process, ProcessStop stop)
    {
        UserContext* context = process.Context;
        if (stop == ProcessStop.BadAccess) return OfAccess(process.LastFault, context->FaultAddress);
        return context->Reason switch
        {
            DivideError => SignalInfo.At(Signal.Arithmetic, IntegerDivision, context->Rip),
            Debug => SignalInfo.At(Signal.Trap, SingleStep, context->Rip),
            Breakpoint or Overflow => SignalInfo.FromKernel(Signal.Trap),
            InvalidOpcode => SignalInfo.At(Signal.IllegalInstruction, IllegalOperand, context->Rip),
            SegmentNotPresent or StackSegment => SignalInfo.FromKernel(Signal.Bus),
            FloatingPoint => SignalInfo.At(Signal.Arithmetic, process.Vectors.X87Exception, context->Rip),
            VectorFloatingPoint => SignalInfo.At(Signal.Arithmetic, process.Vectors.VectorException, context->Rip),
            Alignment => SignalInfo.At(Signal.Bus, Misaligned, 0),
            _ => SignalInfo.FromKernel(Signal.Segmentation),
        };
    }

    private static SignalInfo OfAccess(FaultOutcome outcome, ulong address) => outcome switch
    {
        FaultOutcome.Denied or FaultOutcome.Guard => SignalInfo.At(Signal.Segmentation, NotAllowed, address),
        FaultOutcome.BeyondFile => SignalInfo.At(Signal.Bus, NoObject, address),
        _ => SignalInfo.At(Signal.Segmentation, NotMapped, address),
    };
}
