using System.Runtime.CompilerServices;
using System.Threading;

namespace Cosmos.Core;

/// <summary>The end of a kernel that cannot go on: a report, the exit code for a panic, a halt.</summary>
public static unsafe class Panic
{
    private const int MostReports = 2;

    private static int s_reports;
    private static CosmosAddress s_reporter; // The address of its block.
    // The address of the first reason: a panic may come before there is a place for references.
    private static CosmosAddress* s_firstReason;

    /// <summary>Called with the context of a fault to add to the report (a back-trace, say); may not allocate.</summary>
    public static delegate*<ref INTs.IRQContext, void> ReportHook;

    /// <summary>Called once before a report: makes the other processors, if any, stop for good; may not allocate.</summary>
    public static delegate*<void> StopOthersHook;

    /// <summary>Reports <paramref name="reason"/> and stops.</summary>
    public static void Stop(string reason)
    {
        Begin(reason);
        EarlyConsole.Write((byte)'\n');
        End();
    }

    /// <summary>Reports a reason with a number in it and stops; needs no object.</summary>
    public static void Stop(string before, ulong number, string after)
    {
        Begin(before);
        EarlyConsole.WriteDecimal(number);
        EarlyConsole.WriteLine(after);
        End();
    }

    /// <summary>Reports a fault nobody handled and stops.</summary>
    public static void Stop(string name, ref INTs.IRQContext context)
    {
        Begin(name);
        EarlyConsole.Write((byte)'\n');
        WriteContext(ref context);
        if (s_reports == 1 && ReportHook != null)
            ReportHook(ref context);
        End();
    }

    // Of two processors one reports. A fault in a report (in the hook; on a screen that is not mapped) comes back here. The second report leaves out both, and says the
    // first one's reason, which may not have got out; a third is none.
    private static void Begin(string reason)
    {
        CPU.DisableInterrupts();
        CosmosAddress self = (CosmosAddress)CPU.GetThread();
        CosmosAddress reporter = Interlocked.CompareExchange(ref s_reporter, self, (CosmosAddress)0);
        if (reporter == 0 && StopOthersHook != null)
            StopOthersHook();
        if (reporter != 0 && reporter != self)
            CPU.StopForever();
        s_reports++;
        if (s_reports > MostReports)
            Halt();
        if (s_reports == 1)
        {
            s_firstReason = GCImplementation.GetPointer(reason);
        }
        else
        {
            EarlyConsole.SetScreen(null);
            EarlyConsole.SetMirror(null);
        }

        EarlyConsole.Write("\nkernel panic: ");
        EarlyConsole.Write(reason);
        if (s_reports > 1)
        {
            EarlyConsole.Write(", while reporting: ");
            nint first = (nint)s_firstReason;
            // SAFETY: the address of a string that the first report's frame still holds; objects do not move.
            EarlyConsole.Write(Unsafe.As<nint, string>(ref first));
        }
    }

    /// <summary>Writes the registers of a context, three to a line.</summary>
    public static void WriteContext(ref INTs.IRQContext context)
    {
        WriteField("vector", (ulong)context.Interrupt, 2);
        WriteField("  error", (ulong)context.Param, 4);
        WriteField("  cr2", (ulong)CPU.GetFaultAddress(), 16);
        WriteField("\nrip", (ulong)context.EIP, 16);
        WriteField("  cs ", (ulong)context.CS, 4);
        WriteField("  flags", (ulong)context.EFlags, 8);
        WriteField("\nrsp", (ulong)context.UserESP, 16);
        WriteField("  rbp", (ulong)context.EBP, 16);
        WriteField("  rax", (ulong)context.EAX, 16);
        WriteField("\nrbx", (ulong)context.EBX, 16);
        WriteField("  rcx", (ulong)context.ECX, 16);
        WriteField("  rdx", (ulong)context.EDX, 16);
        WriteField("\nrsi", (ulong)context.ESI, 16);
        WriteField("  rdi", (ulong)context.EDI, 16);
        WriteField("  cr3", (ulong)CPU.GetPageTableRoot(), 16);
        if (context.MMXContext != null)
            WriteExtendedRegisters(context.MMXContext);
        EarlyConsole.Write((byte)'\n');
    }

    private static void WriteExtendedRegisters(INTs.MMXContext* extended)
    {
        WriteField("\nr8 ", extended->R8, 16);
        WriteField("  r9 ", extended->R9, 16);
        WriteField("  r10", extended->R10, 16);
        WriteField("\nr11", extended->R11, 16);
        WriteField("  r12", extended->R12, 16);
        WriteField("  r13", extended->R13, 16);
        WriteField("\nr14", extended->R14, 16);
        WriteField("  r15", extended->R15, 16);
    }

    private static void WriteField(string name, ulong value, int digits)
    {
        EarlyConsole.Write(name);
        EarlyConsole.Write((byte)' ');
        EarlyConsole.WriteHex(value, digits);
    }

    private static void End()
    {
        EarlyConsole.WriteLine("system halted");
        Halt();
    }

    private static void Halt()
    {
        MachineControl.ReportExit(ExitCode.Panic);
        CPU.StopForever();
    }
}
