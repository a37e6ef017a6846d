using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>Back-traces for reports: of a fault's context or of the caller. Allocates nothing.</summary>
internal static unsafe class BackTrace
{
    private const int MaxFrames = 64;

    /// <summary>Makes every panic's report end with the back-trace of the fault.</summary>
    public static void Install()
    {
        Panic.ReportHook = &WriteOf;
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

        byte** frames = stackalloc byte*[MaxFrames];
        int count = StackTraces.Walk(&start, atFault, frames, MaxFrames);
        for (int i = 0; i < count; i++)
            KernelSymbols.WriteFrame(frames[i]);
        if (count == 0)
            KernelSymbols.WriteFrame(start.InstructionPointer);
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
