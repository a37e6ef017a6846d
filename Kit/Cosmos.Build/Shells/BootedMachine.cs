using System;
using System.Collections.Generic;
using Cosmos.Build.Machines;

namespace Cosmos.Build.Shells;

/// <summary>
/// A machine at its prompt, for tests. Everything it throws ends with the transcript; disposing it stops the emulator. The number of
/// machines that run at once is bounded over all processes of a user, so that time limits mean the same under load.
/// </summary>
public sealed class BootedMachine : IDisposable
{
    private readonly MachineSlot _slot;
    private readonly Machine _machine;
    private readonly MachineShell _shell;

    private BootedMachine(MachineSlot slot, MachineOptions options, string prompt)
    {
        _slot = slot;
        _machine = Machine.Start(options);
        _shell = new MachineShell(_machine, prompt);
    }

    /// <summary>What a start and a command may take when nothing else is said: far more than they do on an idle host.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(120);

    /// <summary>All that came over the serial line so far.</summary>
    public string Transcript => _machine.Serial.Text;

    /// <summary>Boots a machine to its prompt.</summary>
    /// <exception cref="ShellException">The prompt did not come.</exception>
    public static BootedMachine Start(MachineOptions options, TimeSpan? limit = null, string prompt = MachineShell.DefaultPrompt)
    {
        BootedMachine machine = StartWithoutPrompt(options, prompt);
        try
        {
            machine.Guard(shell =>
            {
                shell.WaitForPrompt(limit ?? DefaultLimit);
                return 0;
            });
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    /// <summary>Boots a machine that is not expected to come to its prompt.</summary>
    public static BootedMachine StartWithoutPrompt(MachineOptions options, string prompt = MachineShell.DefaultPrompt)
    {
        MachineSlot slot = MachineSlot.Take();
        try
        {
            return new BootedMachine(slot, options, prompt);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command, whichever way it ends.</summary>
    /// <exception cref="ShellException">The prompt did not come back.</exception>
    public CommandResult Run(string command, TimeSpan? limit = null) => Guard(shell => shell.Run(command, limit ?? DefaultLimit));

    /// <summary>Runs a command that asks: each answer is typed, as it is, when what it waits for has come.</summary>
    /// <exception cref="ShellException">Something did not come, or the prompt did not come back.</exception>
    public CommandResult Run(string command, IEnumerable<(string Awaited, string Typed)> answers, TimeSpan? limit = null) =>
        Guard(shell => shell.Run(command, answers, limit ?? DefaultLimit));

    /// <summary>Runs a command that must end with `ok`.</summary>
    /// <returns>The lines it printed.</returns>
    /// <exception cref="ShellException">It failed, or the prompt did not come back.</exception>
    public IReadOnlyList<string> RunOk(string command, TimeSpan? limit = null)
    {
        CommandResult result = Run(command, limit);
        return result.Succeeded ? result.Lines : throw WithTranscript($"'{command}' failed: {result.Failure}", end: null);
    }

    /// <summary>Runs a command that ends the machine, and says how it ended.</summary>
    /// <exception cref="ShellException">It still runs after <paramref name="limit"/>.</exception>
    public MachineEnd RunLast(string command, TimeSpan? limit = null)
        => _shell.RunLast(command, limit ?? DefaultLimit) ?? throw WithTranscript($"'{command}' did not end the machine", end: null);

    /// <summary>Waits for a machine that ends by itself.</summary>
    /// <exception cref="ShellException">It still runs after <paramref name="limit"/>.</exception>
    public MachineEnd WaitForEnd(TimeSpan? limit = null)
        => _machine.WaitForEnd(limit ?? DefaultLimit) ?? throw WithTranscript("the machine did not end", end: null);

    /// <summary>Writes what the screen shows as a PNG file.</summary>
    public void Screenshot(string path) => _machine.Screenshot(path);

    /// <summary>What the emulator's own monitor answers.</summary>
    public string Ask(string command) => _machine.Ask(command);

    public void Dispose()
    {
        _machine.Dispose();
        _slot.Dispose();
    }

    private T Guard<T>(Func<MachineShell, T> action)
    {
        try
        {
            return action(_shell);
        }
        catch (ShellException lost)
        {
            throw WithTranscript(lost.Message, lost.End);
        }
    }

    private ShellException WithTranscript(string message, MachineEnd? end)
        => new($"{message}\n--- transcript ---\n{Transcript}\n--- {_machine.EmulatorMessage}", end);
}
