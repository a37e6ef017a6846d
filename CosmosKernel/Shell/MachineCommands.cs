using System;

namespace MemOS.Shell;

/// <summary>The commands that do something to the machine: throw, fault, panic, poweroff, reboot.</summary>
public sealed class MachineCommands
{
    private static readonly string[] s_faultNames = { "null", "write-code", "execute-data", "stack", "reserved", "deaf" };

    private const string Unhandled = "--unhandled";

    private readonly IMachine _machine;

    /// <summary>Creates the commands for <paramref name="machine"/>.</summary>
    public MachineCommands(IMachine machine)
    {
        _machine = machine;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("throw", "[MESSAGE]", "throws an exception for the shell, with --unhandled for nobody", Throw));
        table.Add(new ShellCommand("fault", "KIND", "one of null, write-code, execute-data, stack, reserved, deaf", Fault, s_faultNames));
        table.Add(new ShellCommand("panic", "[REASON]", "stops the kernel with a report", Panic));
        table.Add(new ShellCommand("poweroff", "", "switches the machine off", PowerOff));
        table.Add(new ShellCommand("reboot", "", "restarts the machine", Reboot));
    }

    private static CommandResult Throw(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 1 && arguments[0] == Unhandled) return CommandResult.OkThen(MachineAction.Throw);
        throw new InvalidOperationException(arguments.Length > 0 ? string.Join(" ", arguments) : "thrown on purpose");
    }

    private CommandResult Fault(ITerminal terminal, string[] arguments)
    {
        int kind = arguments.Length == 1 ? Array.IndexOf(s_faultNames, arguments[0]) : -1;
        if (kind < 0) return CommandResult.Failed("which fault? " + string.Join(", ", s_faultNames));

        _machine.Fault((FaultKind)kind);
        return CommandResult.Failed("the fault went unnoticed");
    }

    private CommandResult Panic(ITerminal terminal, string[] arguments)
    {
        _machine.Panic(arguments.Length > 0 ? string.Join(" ", arguments) : "asked for by the panic command");
        return CommandResult.Failed("the panic returned");
    }

    private static CommandResult PowerOff(ITerminal terminal, string[] arguments) => CommandResult.OkThen(MachineAction.PowerOff);

    private static CommandResult Reboot(ITerminal terminal, string[] arguments) => CommandResult.OkThen(MachineAction.Reboot);
}
