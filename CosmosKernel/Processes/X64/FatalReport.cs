using MemOS.Hardware;
using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>Says why a process was ended by what it did.</summary>
internal static unsafe class FatalReport
{
    private const ulong PageFaultVector = 14;

    /// <summary>Prints it, when there is memory for the words.</summary>
    internal static void Write(Process process, ProcessStop stop)
    {
        try
        {
            WriteWords(process, stop);
        }
        catch (System.Exception exception)
        {
            SystemCalls.ExpectShortage(exception);
        }
    }

    private static void WriteWords(Process process, ProcessStop stop)
    {
        Terminal.Live.BeginLine();
        UserContext* context = process.Context;
        string who = "process " + process.Id.ToString() + " (" + process.Name + ") killed at instruction 0x" + context->Rip.ToString("x") + ": ";
        if (stop == ProcessStop.BadAccess && context->Reason == PageFaultVector)
            ProgramOutput.Write(who + Verb(context->ErrorCode) + " 0x" + context->FaultAddress.ToString("x") + ", " + Why(process.LastFault) + "\n");
        else
            ProgramOutput.Write(who + "exception " + context->Reason.ToString() + ", error code 0x" + context->ErrorCode.ToString("x") + "\n");
    }

    private static string Verb(ulong errorCode)
    {
        PageFaultError error = (PageFaultError)(uint)errorCode;
        if ((error & PageFaultError.Fetch) != 0) return "execution of";
        return (error & PageFaultError.Write) != 0 ? "write to" : "read of";
    }

    private static string Why(FaultOutcome outcome) => outcome switch
    {
        FaultOutcome.NoArea => "where nothing is mapped",
        FaultOutcome.Denied => "which its area does not allow",
        FaultOutcome.Guard => "which is a guard",
        FaultOutcome.StackLimit => "beyond the stack's limit",
        FaultOutcome.BeyondFile => "behind the end of a file",
        _ => "for which there is no memory",
    };
}
