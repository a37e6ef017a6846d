using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>Back-traces for reports: of a fault's context or of the caller. Allocates nothing.</summary>
internal static unsafe class BackTrace
{
    private const int MaxLines = 48;
    private const int MaxFrames = 1_000_000;

    /// <summary>Makes every panic's report end with the back-trace of the fault, and lets kernels ask for names.</summary>
    public static void Install()
    {
        Panic.ReportHook = &WriteOf;
        CodeNames.Finder = &KernelSymbols.Find;
    }

    private static void WriteOf(ref INTs.IRQContext context)
    {
        LimitedContext start;
        start.InstructionPointer = (byte*)context.EIP;
        start.StackPointer = context.UserESP;
        start.Rbp = context.EBP;
        start.Rbx = context.EBX;
        start.R12 = (nuint)context.MMXContext->R12;
        start.R13 = (nuint)context.MMXContext->R13;
        start.R14 = (nuint)context.MMXContext->R14;
        start.R15 = (nuint)context.MMXContext->R15;
        bool atFault = true;
        if (!CodeTargets.Get()->IsManaged(start.InstructionPointer) && TryReturnAddress(start.StackPointer, out byte* caller))
        {
            // A fault outside compiled code (a plug, a jump into data): its caller is the first frame that can be unwound.
            KernelSymbols.WriteFrame(start.InstructionPointer);
            start.InstructionPointer = caller;
            start.StackPointer += (nuint)sizeof(nuint);
            atFault = false;
        }

        StackFrameIterator iterator = default;
        if (iterator.Start(&start, atFault))
            WriteFrames(ref iterator);
        else
            KernelSymbols.WriteFrame(start.InstructionPointer);
    }

    // A recursion that filled the stack is one line and a count, and what called it is still to be seen.
    private static void WriteFrames(ref StackFrameIterator iterator)
    {
        byte* last = null;
        uint repeated = 0;
        int lines = 0;
        bool isValid = true;
        for (int walked = 0; isValid && lines < MaxLines && walked < MaxFrames; walked++)
        {
            byte* address = iterator.ControlPc;
            if (address == last)
            {
                repeated++;
            }
            else
            {
                WriteRepeats(ref repeated);
                KernelSymbols.WriteFrame(address);
                last = address;
                lines++;
            }

            isValid = iterator.TryNext(out _);
        }

        WriteRepeats(ref repeated);
    }

    private static void WriteRepeats(ref uint repeated)
    {
        if (repeated == 0)
            return;
        EarlyConsole.Write("      and again, ");
        EarlyConsole.WriteDecimal(repeated);
        EarlyConsole.WriteLine(repeated == 1 ? " time" : " times");
        repeated = 0;
    }

    private static bool TryReturnAddress(nuint stackPointer, out byte* address)
    {
        ImageLayout* layout = ImageLayout.Get();
        address = null;
        if (stackPointer % (nuint)sizeof(nuint) != 0 || (byte*)stackPointer < layout->DataStart || (byte*)stackPointer >= layout->DataEnd)
            return false;
        address = *(byte**)stackPointer;
        return CodeTargets.Get()->IsManaged(address);
    }
}
