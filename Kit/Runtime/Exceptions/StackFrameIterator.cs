using System.Runtime;
using System.Runtime.InteropServices;

namespace Kit.Runtime;

/// <summary>The registers that a stack walk starts from; made by Native/exceptions.asm.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LimitedContext
{
    public byte* InstructionPointer;
    public nuint StackPointer;
    public nuint Rbp;
    public nuint Rbx;
    public nuint R12;
    public nuint R13;
    public nuint R14;
    public nuint R15;
}

/// <summary>CoreLib's record of an exception in flight (System.Runtime.EH.ExInfo): the fields the walker reads.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct ExInfo
{
    public const byte SupersededFlag = 8;

    [FieldOffset(0)]
    public ExInfo* Previous;

    [FieldOffset(8)]
    public LimitedContext* Context;

    [FieldOffset(24)]
    public byte Kind;

    [FieldOffset(25)]
    public byte PassNumber;

    [FieldOffset(28)]
    public uint ClauseIndex;

    [FieldOffset(32)]
    public StackFrameIterator FrameIterator;
}

/// <summary>
/// Walks the frames of the current stack for CoreLib's exception dispatcher and for back-traces.
/// </summary>
/// <remarks>
/// The layout is CoreLib's StackFrameIterator (544 bytes): it reads FramePointer, ControlPc, the register display (handed
/// back to the funclet callers; the stack pointer at 120 of it) and OriginalControlPc. The rest is this walker's own.
///
/// A handler that itself throws is met on the walk as a function that was called by RhpCall*Funclet. The dispatch that
/// called it lies between the handler and its method, and is not of interest: the walk goes on from the frame where the
/// older dispatch stands (its ExInfo keeps that iterator), with the registers as the handler left them.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 544)]
internal unsafe struct StackFrameIterator
{
    private const uint NoClause = uint.MaxValue;

    [FieldOffset(0)]
    private ExInfo* _nextExInfo;

    [FieldOffset(16)]
    public nuint FramePointer;

    [FieldOffset(24)]
    public byte* ControlPc;

    [FieldOffset(32)]
    private nuint* _rbx;

    [FieldOffset(40)]
    private nuint* _rbp;

    [FieldOffset(48)]
    private nuint* _r12;

    [FieldOffset(56)]
    private nuint* _r13;

    [FieldOffset(64)]
    private nuint* _r14;

    [FieldOffset(72)]
    private nuint* _r15;

    [FieldOffset(152)]
    public nuint StackPointer;

    [FieldOffset(336)]
    private FunctionEntry _function;

    [FieldOffset(368)]
    private MethodEhInfo _method;

    [FieldOffset(528)]
    public byte* OriginalControlPc;

    [FieldOffset(536)]
    private nint _previousTransitionFrame;

    /// <summary>The clauses of the method that the walk stands in, and where the method starts.</summary>
    public readonly MethodEhInfo Method => _method;

    /// <summary>Starts at <paramref name="context"/>.</summary>
    /// <param name="context">The registers at the throw or the fault.</param>
    /// <param name="atFault">The address is that of an instruction, not one to return to.</param>
    public bool Start(LimitedContext* context, bool atFault)
    {
        this = default;
        _rbx = &context->Rbx;
        _rbp = &context->Rbp;
        _r12 = &context->R12;
        _r13 = &context->R13;
        _r14 = &context->R14;
        _r15 = &context->R15;
        StackPointer = context->StackPointer;
        _nextExInfo = (ExInfo*)Threads.Current()->Exceptions;
        SkipExInfosBelow(StackPointer);
        return StandAt(context->InstructionPointer, atFault);
    }

    /// <summary>Goes on to the caller.</summary>
    /// <param name="collidedClause">The clause whose handler the walk came out of, or -1.</param>
    /// <returns>False at the end of the managed stack.</returns>
    public bool TryNext(out uint collidedClause)
    {
        collidedClause = NoClause;
        CodeTargets* targets = CodeTargets.Get();
        FrameRegisters registers = Registers();
        if (!EhFrame.TryUnwind(_function, ControlPc, ref registers))
            return false;

        byte* address = registers.InstructionPointer;
        if (address == targets->ReturnCatch || address == targets->ReturnFinally)
        {
            ExInfo* collided = _nextExInfo;
            if (collided == null)
                return false;
            collidedClause = collided->ClauseIndex;
            collided->Kind |= ExInfo.SupersededFlag;
            ContinueFrom(collided, registers);
            return true;
        }

        if (address == targets->ReturnFilter)
            UnwindFuncletCaller(ref registers);
        else if (address == targets->ReturnDispatch)
            UnwindDispatch(ref registers);
        else if (IsThrowSite(targets, address))
            UnwindThrowSite(ref registers);

        Take(registers);
        SkipExInfosBelow(StackPointer); // a trace, unlike an exception, walks past the dispatch that it is taken in
        return StandAt(registers.InstructionPointer, atFault: false);
    }

    private bool StandAt(byte* address, bool atFault)
    {
        OriginalControlPc = address;
        CodeTargets* targets = CodeTargets.Get();
        if (!targets->IsManaged(address))
        {
            ControlPc = null;
            return false;
        }

        // A return address may already belong to the next function or clause: look up the call before it.
        ControlPc = atFault ? address : address - 1;
        if (!EhFrame.TryFind(ControlPc, out _function))
        {
            ControlPc = null;
            return false;
        }

        _method = MethodEhInfo.Read(_function);
        // Frames with equal frame pointers are one method and its handlers: a method without handlers has none to compare.
        FramePointer = _method.HasClauses ? *_rbp : 0;
        return true;
    }

    private void ContinueFrom(ExInfo* exInfo, in FrameRegisters registersOfHandler)
    {
        this = exInfo->FrameIterator;
        _rbx = registersOfHandler.Rbx;
        _rbp = registersOfHandler.Rbp;
        _r12 = registersOfHandler.R12;
        _r13 = registersOfHandler.R13;
        _r14 = registersOfHandler.R14;
        _r15 = registersOfHandler.R15;
        _nextExInfo = exInfo->Previous;
        SkipExInfosBelow(StackPointer);
    }

    private void SkipExInfosBelow(nuint stackPointer)
    {
        while (_nextExInfo != null && stackPointer > (nuint)_nextExInfo)
            _nextExInfo = _nextExInfo->Previous;
    }

    private readonly FrameRegisters Registers()
    {
        FrameRegisters registers = default;
        registers.Rbx = _rbx;
        registers.Rbp = _rbp;
        registers.R12 = _r12;
        registers.R13 = _r13;
        registers.R14 = _r14;
        registers.R15 = _r15;
        registers.StackPointer = StackPointer;
        return registers;
    }

    private void Take(in FrameRegisters registers)
    {
        _rbx = registers.Rbx;
        _rbp = registers.Rbp;
        _r12 = registers.R12;
        _r13 = registers.R13;
        _r14 = registers.R14;
        _r15 = registers.R15;
        StackPointer = registers.StackPointer;
    }

    private static bool IsThrowSite(CodeTargets* targets, byte* address)
    {
        return address == targets->ReturnThrow || address == targets->ReturnThrowHardware || address == targets->ReturnRethrow;
    }

    // RhpCallFilterFunclet: three words, then rbp, rbx, r12–r15, the return address.
    private static void UnwindFuncletCaller(ref FrameRegisters registers)
    {
        nuint* stack = (nuint*)registers.StackPointer + 3;
        registers.Rbp = stack;
        registers.Rbx = stack + 1;
        registers.R12 = stack + 2;
        registers.R13 = stack + 3;
        registers.R14 = stack + 4;
        registers.R15 = stack + 5;
        registers.InstructionPointer = (byte*)stack[6];
        registers.StackPointer = (nuint)(stack + 7);
    }

    // RhpInitialDynamicInterfaceDispatch: 128 bytes of vector registers, six arguments, rbp, the return address.
    private static void UnwindDispatch(ref FrameRegisters registers)
    {
        nuint* stack = (nuint*)(registers.StackPointer + 128) + 6;
        registers.Rbp = stack;
        registers.InstructionPointer = (byte*)stack[1];
        registers.StackPointer = (nuint)(stack + 2);
    }

    // RhpThrowEx and its kin: an ExInfo, then the context (back-traces only: no exception crosses it).
    private static void UnwindThrowSite(ref FrameRegisters registers)
    {
        ExInfo* exInfo = (ExInfo*)registers.StackPointer;
        LimitedContext* context = exInfo->Context;
        registers.Rbp = &context->Rbp;
        registers.Rbx = &context->Rbx;
        registers.R12 = &context->R12;
        registers.R13 = &context->R13;
        registers.R14 = &context->R14;
        registers.R15 = &context->R15;
        registers.InstructionPointer = context->InstructionPointer;
        registers.StackPointer = context->StackPointer;
    }
}

/// <summary>The walker under the names that CoreLib calls it by.</summary>
internal static unsafe class StackFrameIteratorExports
{
    [RuntimeExport("RhpSfiInit")]
    private static bool Init(StackFrameIterator* iterator, LimitedContext* context, bool atFault, bool* isExceptionIntercepted)
    {
        if (isExceptionIntercepted != null)
            *isExceptionIntercepted = false;
        return iterator->Start(context, atFault);
    }

    [RuntimeExport("RhpSfiNext")]
    private static bool Next(StackFrameIterator* iterator, uint* collidedClause, bool* unwoundReversePInvoke, bool* isExceptionIntercepted)
    {
        if (isExceptionIntercepted != null)
            *isExceptionIntercepted = false;
        if (unwoundReversePInvoke != null)
            *unwoundReversePInvoke = false;
        bool isValid = iterator->TryNext(out uint clause);
        if (collidedClause != null)
            *collidedClause = clause;
        return isValid;
    }

    [RuntimeExport("RhpEHEnumInitFromStackFrameIterator")]
    private static bool InitClauses(StackFrameIterator* iterator, MethodRegion* region, ClauseReader* reader)
    {
        region->HotStart = iterator->Method.MethodStart;
        region->HotSize = nuint.MaxValue;
        region->ColdStart = null;
        region->ColdSize = 0;
        return iterator->Method.TryGetClauses(out *reader);
    }

    [RuntimeExport("RhpEHEnumNext")]
    private static bool NextClause(ClauseReader* reader, EhClause* clause)
    {
        return reader->TryNext(clause);
    }

    [RuntimeExport("RhFindMethodStartAddress")]
    private static byte* FindMethodStart(byte* address)
    {
        return EhFrame.TryFind(address, out FunctionEntry function) ? MethodEhInfo.Read(function).MethodStart : null;
    }

    /// <summary>CoreLib's MethodRegionInfo.</summary>
    private struct MethodRegion
    {
        public byte* HotStart;
        public nuint HotSize;
        public byte* ColdStart;
        public nuint ColdSize;
    }
}
