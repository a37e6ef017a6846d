using MemOS.Memory.Virtual;

namespace MemOS.Shell;

/// <summary>Words for page faults of programs.</summary>
public static class FaultText
{
    private static readonly string[] s_names =
    {
        "zeroed", "zero page", "copied", "reused", "object", "device", "upgraded", "spurious", "no area", "denied", "guard", "stack limit", "beyond file", "no memory",
        "resident limit",
    };

    private static readonly string[] s_meanings =
    {
        "written first: a frame of zeros of its own", "read first: the frame of zeros that all share", "written, and others see the frame: a copy of it",
        "written, and nobody else sees the frame any more", "a page of its object, a file or shared memory", "a device's frame", "the area allows more now",
        "nothing was wrong", "nothing is mapped there", "the area does not allow it", "a guard", "the stack may not grow so far", "behind the end of the file",
        "there is no frame", "the process has as many pages as it may",
    };

    /// <summary>The name of an outcome: "zeroed".</summary>
    public static string NameOf(FaultOutcome outcome) => s_names[(int)outcome];

    /// <summary>What it means, in a few words.</summary>
    public static string MeaningOf(FaultOutcome outcome) => s_meanings[(int)outcome];

    /// <summary>What was wanted: "read".</summary>
    public static string NameOf(FaultAccess access) => access == FaultAccess.Read ? "read" : access == FaultAccess.Write ? "write" : "execute";

    /// <summary>Writes how many faults ended in which way; those in which none did are left out.</summary>
    public static void WriteCounters(ITerminal terminal, in FaultCounters faults)
    {
        var table = new TextTable("outcome", ">faults", "that is");
        for (int index = 0; index < FaultOutcomes.Count; index++)
        {
            var outcome = (FaultOutcome)index;
            if (faults[outcome] != 0) table.Add(NameOf(outcome), faults[outcome].ToString(), MeaningOf(outcome));
        }

        table.Add("all", faults.Total.ToString(), "");
        table.WriteTo(terminal);
    }

    /// <summary>Writes the last faults, the oldest first.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="log">The faults.</param>
    /// <param name="processId">Whose; 0 for all.</param>
    /// <param name="most">How many at most.</param>
    public static void WriteLast(ITerminal terminal, in FaultLog log, int processId, int most)
    {
        int oldest = 0;
        for (int found = 0; oldest < log.Count && found < most; oldest++)
        {
            if (processId == 0 || log.Recall(oldest).ProcessId == processId) found++;
        }

        var table = new TextTable(">process", "access", "address", "outcome", "by the instruction at");
        int rows = 0;
        for (int age = oldest - 1; age >= 0; age--)
        {
            FaultRecord fault = log.Recall(age);
            if (processId != 0 && fault.ProcessId != processId) continue;
            table.Add(fault.ProcessId.ToString(), NameOf(fault.Access), fault.Target.ToString(), NameOf(fault.Outcome), fault.Instruction.ToString());
            rows++;
        }

        if (rows != 0) table.WriteTo(terminal);
    }
}
