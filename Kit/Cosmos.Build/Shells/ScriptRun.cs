using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Cosmos.Build.Machines;

namespace Cosmos.Build.Shells;

/// <summary>Runs commands in a machine to its end: what `run --exec` does.</summary>
public sealed class ScriptRun(Machine machine, TimeSpan limit, TextWriter messages)
{
    /// <summary>The screen is written after the serial line.</summary>
    private static readonly TimeSpan s_screenDelay = TimeSpan.FromMilliseconds(300);

    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Where a picture of the screen goes before the machine ends; null: none is taken.</summary>
    public string? ScreenshotPath { get; init; }

    private TimeSpan TimeLeft => limit - Stopwatch.GetElapsedTime(_began);

    /// <returns>The exit code of `run`.</returns>
    public int Execute(IReadOnlyList<string> commands)
    {
        MachineShell shell = new(machine);
        try
        {
            shell.WaitForPrompt(TimeLeft);
            foreach (string command in CommandScript.WithPowerOff(commands))
            {
                if (CommandScript.EndsMachine(command))
                {
                    TakeScreenshot();
                    return Finish(shell.RunLast(command, TimeLeft), $"'{command}' did not end the machine");
                }

                if (!shell.Run(command, TimeLeft).Succeeded)
                {
                    TakeScreenshot();
                    messages.WriteLine($"\nmemos run: '{command}' failed");
                    return ExitStatus.Of(MachineEnd.CommandFailed);
                }
            }

            throw new UnreachableException();
        }
        catch (ShellException shellLost)
        {
            return Finish(shellLost.End, shellLost.Message);
        }
    }

    private int Finish(MachineEnd? end, string whyNot)
    {
        if (end == null)
        {
            messages.WriteLine($"\nmemos run: time limit of {limit.TotalSeconds:0.#} s: {whyNot}");
            return ExitStatus.TimeLimit;
        }

        if (end != MachineEnd.PoweredOff)
        {
            messages.WriteLine($"\nmemos run: {ExitStatus.Describe(end.Value)}");
        }

        if (end == MachineEnd.EmulatorFailed)
        {
            messages.WriteLine(machine.EmulatorMessage);
        }

        return ExitStatus.Of(end.Value);
    }

    private void TakeScreenshot()
    {
        if (ScreenshotPath != null)
        {
            Thread.Sleep(s_screenDelay);
            machine.Screenshot(ScreenshotPath);
        }
    }
}
