using System;
using System.Collections.Generic;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>The checks that <c>selftest</c> runs.</summary>
public sealed class SelfTestSuite
{
    private readonly List<SelfTestCheck> _checks = new();

    /// <summary>The checks in the order they run in.</summary>
    public IReadOnlyList<SelfTestCheck> Checks => _checks;

    /// <summary>Adds a check.</summary>
    public void Add(string name, Action<CheckRecorder> body) => _checks.Add(new SelfTestCheck(name, body));

    /// <summary>The command that runs the checks.</summary>
    public ShellCommand ToCommand() =>
        new("selftest", "[NAME]", "runs the kernel's checks, or those that start with NAME", Run);

    /// <summary>Runs the checks whose name is, or starts with, the argument; all without one.</summary>
    public CommandResult Run(ITerminal terminal, string[] arguments)
    {
        string wanted = arguments.Length > 0 ? arguments[0] : string.Empty;
        int passed = 0;
        int failed = 0;
        foreach (SelfTestCheck check in _checks)
        {
            if (!check.Name.StartsWith(wanted, StringComparison.Ordinal)) continue;

            // The name comes first: a check that takes the machine down is the last name on the line.
            terminal.Write(check.Name + ": ");
            string? failure = Failure(check);
            terminal.WriteLine(failure is null ? "passed" : "FAILED, " + failure);
            if (failure is null) passed++;
            else failed++;
        }

        if (passed + failed == 0) return CommandResult.Failed("no check is called '" + wanted + "'");

        terminal.WriteLine("selftest: " + passed.ToString() + " passed, " + failed.ToString() + " failed");
        return failed == 0 ? CommandResult.Ok : CommandResult.Failed(failed.ToString() + " checks failed");
    }

    private static string? Failure(SelfTestCheck check)
    {
        var recorder = new CheckRecorder();
        try
        {
            check.Body(recorder);
        }
        catch (Exception exception)
        {
            recorder.Fail(exception.GetType().ToString() + ": " + exception.Message);
        }

        return recorder.Failure;
    }
}
