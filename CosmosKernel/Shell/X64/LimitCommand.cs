using MemOS.Memory.Pressure;
using MemOS.Processes;

namespace MemOS.Shell;

/// <summary>The limit command: what programs may have that are started from now on.</summary>
internal sealed class LimitCommand
{
    private const string NoLimit = "none";
    private const int KiBShift = 10;

    private static readonly string[] s_names = { "mapped", "resident", "stack", "data", "files", "processes", "mark" };
    private static readonly string[] s_units = { "KiB", "KiB", "KiB", "KiB", "", "", "" };
    private static readonly ResourceKind[] s_kinds =
        { ResourceKind.Mapped, ResourceKind.Resident, ResourceKind.Stack, ResourceKind.Data, ResourceKind.Files, ResourceKind.Processes };

    private static readonly string[] s_meanings =
    {
        "all areas (RLIMIT_AS)", "what has frames (RLIMIT_RSS)", "the stack (RLIMIT_STACK)", "private and writable (RLIMIT_DATA)", "open files (RLIMIT_NOFILE)",
        "processes of the user (RLIMIT_NPROC)", "how gladly it is ended when memory is gone, 1000 to -1000: never",
    };

    private readonly ResourceLimits _limits = new();
    private int _mark;

    /// <summary>A process has what was set.</summary>
    internal void ApplyTo(Process process)
    {
        process.Limits.CopyFrom(_limits);
        process.KillMark = _mark;
        process.ApplyLimits();
    }

    /// <summary>The command.</summary>
    internal ShellCommand ToCommand() =>
        new("limit", "[NAME N|none]", "shows what programs may have, or sets it for those started from now on", Run, s_names);

    private CommandResult Run(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            var table = new TextTable("limit", ">most", "unit", "of each process");
            for (int index = 0; index < s_names.Length; index++) table.Add(s_names[index], TextOf(index), s_units[index], s_meanings[index]);
            table.WriteTo(terminal);
            return CommandResult.Ok;
        }

        int name = System.Array.IndexOf(s_names, arguments[0]);
        if (name < 0 || arguments.Length != 2) return CommandResult.Failed("limit " + string.Join("|", s_names) + " NUMBER, or none");
        return name < s_kinds.Length ? SetLimit(name, arguments[1]) : SetMark(arguments[1]);
    }

    private CommandResult SetLimit(int name, string word)
    {
        ulong most = ulong.MaxValue;
        if (word != NoLimit && !NumberText.TryParse(word, out most)) return CommandResult.Failed("'" + word + "' is no number" + (s_units[name].Length == 0 ? "" : " of KiB"));
        if (word != NoLimit && s_units[name].Length != 0) most = most > ulong.MaxValue >> KiBShift ? ulong.MaxValue : most << KiBShift;
        _limits[s_kinds[name]] = new ResourceLimit(most, most);
        return CommandResult.Ok;
    }

    private CommandResult SetMark(string word)
    {
        bool isNegative = word.Length != 0 && word[0] == '-';
        if (!NumberText.TryParse(isNegative ? word.Substring(1) : word, out ulong size) || size > VictimChoice.First) return CommandResult.Failed("marks are from -1000 to 1000");
        _mark = isNegative ? -(int)size : (int)size;
        return CommandResult.Ok;
    }

    private string TextOf(int name)
    {
        if (name >= s_kinds.Length) return _mark.ToString();
        ulong most = _limits[s_kinds[name]].Soft;
        if (most == ulong.MaxValue) return NoLimit;
        return (s_units[name].Length == 0 ? most : most >> KiBShift).ToString();
    }
}
