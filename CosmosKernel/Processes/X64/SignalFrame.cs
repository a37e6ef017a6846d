using MemOS.Hardware;

namespace MemOS.Processes;

/// <summary>Makes a program call a function for a signal, and go on afterwards where it was (rt_sigreturn).</summary>
/// <remarks>
/// All that the program is lies on its own stack meanwhile, and comes back from there whatever it has become: every word is checked for what the
/// processor would refuse to load.
/// </remarks>
internal static unsafe class SignalFrame
{
    private const ulong RedZoneBytes = 128; // psABI 3.2.2: below the stack pointer, the program's.
    private const ulong StackAlignment = 16;
    private const ulong VectorAlignment = 64;
    private const ulong HasExtendedState = 1; // UC_FP_XSTATE
    private const ulong HasStackSegment = 2 | 4; // UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS
    private const ulong LinuxSegments = 0x33 | 0x2BUL << 48;
    private const ulong ClearedFlags = 1 << 8 | 1 << 10 | 1 << 16; // Trap, direction, resume.
    private const ulong PageFaultVector = 14;

    // Of struct _fpx_sw_bytes.
    private const uint FirstMagic = 0x46505853;
    private const uint LastMagic = 0x46505845;
    private const uint MagicBytes = 4;

    /// <summary>Puts the frame of <paramref name="info"/> on the stack, and the registers to the function's beginning; false when it does not fit.</summary>
    internal static bool TryPush(Process process, in SignalInfo info, in SignalAction action)
    {
        if (!action.HasRestorer) return false;
        UserContext* context = process.Context;
        if (!TryPlace(process, in action, out ulong frameAt, out ulong vectorsAt)) return false;
        if (!TryWriteVectors(process, vectorsAt)) return false;
        SignalFrameData frame = default;
        frame.ReturnAddress = action.Restorer;
        frame.Flags = HasStackSegment | (process.Vectors.IsExtended ? HasExtendedState : 0);
        Describe(process, ref frame);
        frame.VectorsAt = vectorsAt;
        frame.Info = SignalInfoData.Of(in info);
        frame.Mask = process.Signals.MaskAfter.Bits;
        if (!TryWrite(process, frameAt, &frame, (ulong)sizeof(SignalFrameData))) return false;

        if ((process.Signals.Stack.Flags & AlternateStack.DisarmsItself) != 0) process.Signals.Stack = AlternateStack.None;
        context->Rsp = frameAt;
        context->Rip = action.Handler;
        context->Rax = 0;
        context->Rdi = (ulong)info.Number;
        context->Rsi = frameAt + SignalFrameData.ContextBytes;
        context->Rdx = frameAt + SignalFrameData.ContextAt;
        context->Rflags &= ~ClearedFlags;
        context->Reason = UserStop.Changed;
        return true;
    }

    /// <summary>Takes the registers back from the frame that the stack pointer is at; false when it cannot be one.</summary>
    internal static bool TryPop(Process process)
    {
        UserContext* context = process.Context;
        SignalFrameData frame;
        ulong frameAt = unchecked(context->Rsp - sizeof(ulong)); // Returning took the first word.
        if (!TryRead(process, frameAt, &frame, SignalFrameData.ContextBytes)) return false;
        process.Signals.Mask = new SignalSet(frame.Mask);
        Restore(context, in frame);
        if (!TryReadVectors(process, frame.VectorsAt)) return false;
        AlternateStack stack = new(frame.StackStart, frame.StackBytes, (uint)frame.StackFlags);
        SystemCalls.SetStack(process, in stack);
        return true;
    }

    private static bool TryPlace(Process process, in SignalAction action, out ulong frameAt, out ulong vectorsAt)
    {
        ulong stackPointer = process.Context->Rsp;
        AlternateStack stack = process.Signals.Stack;
        bool isOnStack = stack.IsInUse(stackPointer);
        ulong top = unchecked(stackPointer - RedZoneBytes);
        if (action.IsOnStack && stack.IsThere && !stack.IsInUse(top))
        {
            top = stack.End;
            isOnStack = true;
        }

        uint imageBytes = process.Vectors.SizeBytes + (process.Vectors.IsExtended ? MagicBytes : 0);
        vectorsAt = unchecked(top - imageBytes) & ~(VectorAlignment - 1);
        frameAt = unchecked(((vectorsAt - (ulong)sizeof(SignalFrameData)) & ~(StackAlignment - 1)) - sizeof(ulong));
        return !isOnStack || stack.Holds(frameAt);
    }

    private static void Describe(Process process, ref SignalFrameData frame)
    {
        UserContext* context = process.Context;
        AlternateStack stack = process.Signals.Stack;
        frame.StackStart = stack.Start;
        frame.StackFlags = stack.Flags;
        frame.StackBytes = stack.Bytes;
        frame.R8 = context->R8;
        frame.R9 = context->R9;
        frame.R10 = context->R10;
        frame.R11 = context->R11;
        frame.R12 = context->R12;
        frame.R13 = context->R13;
        frame.R14 = context->R14;
        frame.R15 = context->R15;
        frame.Rdi = context->Rdi;
        frame.Rsi = context->Rsi;
        frame.Rbp = context->Rbp;
        frame.Rbx = context->Rbx;
        frame.Rdx = context->Rdx;
        frame.Rax = context->Rax;
        frame.Rcx = context->Rcx;
        frame.Rsp = context->Rsp;
        frame.Rip = context->Rip;
        frame.Rflags = context->Rflags;
        frame.Segments = LinuxSegments;
        if (context->Reason > byte.MaxValue) return;
        frame.Vector = context->Reason;
        frame.ErrorCode = context->ErrorCode;
        frame.FaultAddress = context->Reason == PageFaultVector ? context->FaultAddress : 0;
    }

    private static void Restore(UserContext* context, in SignalFrameData frame)
    {
        context->R8 = frame.R8;
        context->R9 = frame.R9;
        context->R10 = frame.R10;
        context->R11 = frame.R11;
        context->R12 = frame.R12;
        context->R13 = frame.R13;
        context->R14 = frame.R14;
        context->R15 = frame.R15;
        context->Rdi = frame.Rdi;
        context->Rsi = frame.Rsi;
        context->Rbp = frame.Rbp;
        context->Rbx = frame.Rbx;
        context->Rdx = frame.Rdx;
        context->Rax = frame.Rax;
        context->Rcx = frame.Rcx;
        context->Rsp = frame.Rsp;
        context->Rip = frame.Rip;
        context->Rflags = UserFlags.Sanitize(frame.Rflags);
        context->Reason = UserStop.Changed;
    }

    // What the frame says of its own vector registers stands in bytes that the processor leaves to software, and behind the image.
    private static bool TryWriteVectors(Process process, ulong at)
    {
        VectorImage image = process.Vectors;
        if (!TryWrite(process, at, image.Bytes, image.SizeBytes)) return false;
        if (!image.IsExtended) return true;
        VectorFrameWords words = default;
        words.Magic = FirstMagic;
        words.SizeBytes = image.SizeBytes + MagicBytes;
        words.Components = image.Components;
        words.ImageBytes = image.SizeBytes;
        uint last = LastMagic;
        ulong present = image.Present | VectorImage.LegacyComponents;
        return TryWrite(process, unchecked(at + VectorImage.SoftwareAt), &words, (ulong)sizeof(VectorFrameWords))
            && TryWrite(process, unchecked(at + VectorImage.LegacyBytes), &present, sizeof(ulong))
            && TryWrite(process, unchecked(at + image.SizeBytes), &last, MagicBytes);
    }

    // Without an image the registers are as after a reset. An image that is not marked as XSAVE's is taken for FXSAVE's.
    private static bool TryReadVectors(Process process, ulong at)
    {
        VectorImage image = process.Vectors;
        uint controlMask = image.ControlMask;
        image.Reset();
        if (at == 0) return true;
        if (TryLoadVectors(process, at, in image) && image.IsAllowed(controlMask)) return true;
        image.Reset();
        return false;
    }

    private static bool TryLoadVectors(Process process, ulong at, in VectorImage image)
    {
        if (!image.IsExtended) return TryRead(process, at, image.Bytes, VectorImage.LegacyBytes);
        VectorFrameWords words;
        if (!TryRead(process, unchecked(at + VectorImage.SoftwareAt), &words, (ulong)sizeof(VectorFrameWords))) return false;
        uint last = 0;
        bool isExtended = words.Magic == FirstMagic && words.ImageBytes == image.SizeBytes
            && TryRead(process, unchecked(at + image.SizeBytes), &last, MagicBytes) && last == LastMagic;
        if (!TryRead(process, at, image.Bytes, isExtended ? image.SizeBytes : VectorImage.LegacyBytes)) return false;
        if (isExtended) image.Keep(words.Components);
        else image.KeepLegacy();
        return true;
    }

    private static bool TryWrite(Process process, ulong at, void* bytes, ulong count) =>
        process.Memory.CopyTo(CallArguments.AddressOf(at), (byte*)bytes, count) == count;

    private static bool TryRead(Process process, ulong at, void* bytes, ulong count) =>
        process.Memory.CopyFrom((byte*)bytes, CallArguments.AddressOf(at), count) == count;
}
