using MemOS.Processes;

namespace MemOS.Shell;

/// <summary>Words for processes.</summary>
internal static class ProcessText
{
    private const int SignalMask = 0x7F;
    private const int CodeShift = 8;

    /// <summary>How a process ended, as the result of a command.</summary>
    internal static CommandResult ResultOf(int status)
    {
        int signal = status & SignalMask;
        if (signal == SignalMask) return CommandResult.Failed("stopped by signal " + (status >> CodeShift).ToString() + "; 'wait' with its number lets it go on");
        if (signal != 0) return CommandResult.Failed("killed by signal " + signal.ToString());
        return status == 0 ? CommandResult.Ok : CommandResult.Failed("it ended with " + (status >> CodeShift).ToString());
    }

    /// <summary>How a process ended, in a table.</summary>
    internal static string EndOf(int status)
    {
        int signal = status & SignalMask;
        if (signal == SignalMask) return "stopped by " + (status >> CodeShift).ToString();
        return signal != 0 ? "killed by " + signal.ToString() : "ended with " + (status >> CodeShift).ToString();
    }

    /// <summary>What a process is at.</summary>
    internal static string StateOf(Process process) => process.State switch
    {
        ProcessState.Runnable => process.IsRunning ? "runs" : "ready",
        ProcessState.Waiting => "waits",
        ProcessState.Stopped => "stopped",
        _ => EndOf(process.ExitStatus),
    };

    /// <summary>The number of a process as it was typed; false when it is none.</summary>
    internal static bool TryParseId(string text, out int id)
    {
        bool isNumber = NumberText.TryParse(text, out ulong number) && number is not 0 and <= int.MaxValue;
        id = isNumber ? (int)number : 0;
        return isNumber;
    }
}
