using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>The limit command: what programs may have that are started from now on.</summary>
internal sealed class LimitCommand
{
    private const string NoLimit = "none";
    private const ulong PageKiB = PageNumber.SizeBytes / 1024;
    private const ulong UsualStackPages = 2048; // 8 MiB, as Linux gives.

    private static readonly string[] s_names = { "mapped", "resident", "stack" };
    private static readonly string[] s_meanings = { "pages of all areas (RLIMIT_AS)", "pages that have frames (RLIMIT_RSS)", "pages of the stack (RLIMIT_STACK)" };

    private readonly ulong[] _pages = { ulong.MaxValue, ulong.MaxValue, UsualStackPages };

    /// <summary>What was set.</summary>
    internal UserLimits Limits => new(_pages[0], _pages[1], _pages[2]);

    /// <summary>The command.</summary>
    internal ShellCommand ToCommand() =>
        new("limit", "[NAME KIB|none]", "shows what programs may have, or sets it for those started from now on", Run, s_names);

    private CommandResult Run(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            var table = new TextTable("limit", ">KiB", "of each process");
            for (int index = 0; index < s_names.Length; index++) table.Add(s_names[index], TextOf(_pages[index]), s_meanings[index]);
            table.WriteTo(terminal);
            return CommandResult.Ok;
        }

        int name = System.Array.IndexOf(s_names, arguments[0]);
        if (name < 0 || arguments.Length != 2) return CommandResult.Failed("limit " + string.Join("|", s_names) + " KIB, or none");
        ulong kiB = ulong.MaxValue;
        if (arguments[1] != NoLimit && !NumberText.TryParse(arguments[1], out kiB)) return CommandResult.Failed("'" + arguments[1] + "' is no number of KiB");
        _pages[name] = arguments[1] == NoLimit ? ulong.MaxValue : kiB / PageKiB;
        return CommandResult.Ok;
    }

    private static string TextOf(ulong pages) => pages == ulong.MaxValue ? NoLimit : (pages * PageKiB).ToString();
}
