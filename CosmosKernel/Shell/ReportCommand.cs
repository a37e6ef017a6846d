namespace MemOS.Shell;

/// <summary>Makes a command of a report.</summary>
public sealed class ReportCommand
{
    private readonly IReport _report;

    private ReportCommand(IReport report)
    {
        _report = report;
    }

    /// <summary>A command called <paramref name="name"/> that prints <paramref name="report"/>.</summary>
    public static ShellCommand Create(string name, string summary, IReport report) =>
        new(name, "", summary, new ReportCommand(report).Run);

    private CommandResult Run(ITerminal terminal, string[] arguments)
    {
        _report.WriteTo(terminal);
        return CommandResult.Ok;
    }
}
