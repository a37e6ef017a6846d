namespace MemOS.Shell;

/// <summary>The command <c>trace</c>.</summary>
public sealed class TraceCommand
{
    private const string Usage = "trace frames on, or: trace frames off";

    private static readonly string[] s_names = { "frames" };

    private readonly IFrameTracing _frames;

    /// <summary>Creates the command over what it switches.</summary>
    public TraceCommand(IFrameTracing frames)
    {
        _frames = frames;
    }

    /// <summary>The command.</summary>
    public ShellCommand ToCommand() =>
        new("trace", "NAME ...", "frames on|off: sends each allocation and free over COM2", Trace, s_names);

    private CommandResult Trace(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length != 2 || arguments[0] != s_names[0]) return CommandResult.Failed(Usage);
        return arguments[1] switch
        {
            "on" => SwitchOn(),
            "off" => SwitchOff(terminal),
            _ => CommandResult.Failed(Usage),
        };
    }

    private CommandResult SwitchOn()
    {
        if (_frames.IsOn) return CommandResult.Failed("the trace of frames is on already");
        return _frames.TryStart() ? CommandResult.Ok : CommandResult.Failed("the machine has no second serial line");
    }

    private CommandResult SwitchOff(ITerminal terminal)
    {
        if (!_frames.IsOn) return CommandResult.Failed("the trace of frames is off already");
        _frames.Stop();
        terminal.WriteLine(_frames.Allocations.ToString() + " allocations and " + _frames.Frees.ToString() + " frees written");
        return _frames.LostBytes == 0 ? CommandResult.Ok : CommandResult.Failed("the line did not take " + _frames.LostBytes.ToString() + " bytes");
    }
}
