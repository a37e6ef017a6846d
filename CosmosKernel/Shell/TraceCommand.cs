namespace MemOS.Shell;

/// <summary>The command <c>trace</c>.</summary>
public sealed class TraceCommand
{
    private readonly ITracing[] _traces;
    private readonly string[] _names;

    /// <summary>Creates the command over what it switches.</summary>
    public TraceCommand(params ITracing[] traces)
    {
        _traces = traces;
        _names = new string[traces.Length];
        for (int i = 0; i < traces.Length; i++) _names[i] = traces[i].Name;
    }

    /// <summary>The command.</summary>
    public ShellCommand ToCommand() =>
        new("trace", "NAME on|off", string.Join(", ", _names) + ": sends each allocation and free over COM2", Trace, _names);

    private CommandResult Trace(ITerminal terminal, string[] arguments)
    {
        ITracing? trace = arguments.Length == 2 ? Find(arguments[0]) : null;
        if (trace != null && arguments[1] == "on") return SwitchOn(trace);
        return trace != null && arguments[1] == "off" ? SwitchOff(terminal, trace) : CommandResult.Failed(Usage());
    }

    private string Usage()
    {
        string usage = "";
        for (int i = 0; i < _names.Length; i++) usage += (i == 0 ? "" : ", or: ") + "trace " + _names[i] + " on|off";
        return usage;
    }

    private ITracing? Find(string name)
    {
        for (int i = 0; i < _traces.Length; i++)
        {
            if (_names[i] == name) return _traces[i];
        }

        return null;
    }

    private CommandResult SwitchOn(ITracing trace)
    {
        for (int i = 0; i < _traces.Length; i++)
        {
            // There is one line, and who reads it wants one kind.
            if (_traces[i].IsOn) return CommandResult.Failed("the trace of " + _names[i] + " is on already");
        }

        return trace.Start();
    }

    private static CommandResult SwitchOff(ITerminal terminal, ITracing trace)
    {
        if (!trace.IsOn) return CommandResult.Failed("the trace of " + trace.Name + " is off already");
        trace.Stop();
        terminal.WriteLine(trace.Written + " written");
        return trace.LostBytes == 0 ? CommandResult.Ok : CommandResult.Failed("the line did not take " + trace.LostBytes.ToString() + " bytes");
    }
}
