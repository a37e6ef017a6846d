using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace IL2CPU;

/// <summary>Runs a program of the tool chain and reports what it complains about as errors of the build.</summary>
public sealed partial class ExternalTool
{
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromMinutes(5);

    private readonly string _program;
    private readonly string _hint;
    private readonly DiagnosticBag _diagnostics;

    /// <summary>Creates a runner.</summary>
    /// <param name="program">The program's file, or its name on the path.</param>
    /// <param name="hint">What to do when it is not there.</param>
    /// <param name="diagnostics">Takes the errors.</param>
    public ExternalTool(string program, string hint, DiagnosticBag diagnostics)
    {
        _program = program;
        _hint = hint;
        _diagnostics = diagnostics;
    }

    /// <summary>Runs the program and waits for it.</summary>
    /// <returns>Whether it ended with 0; otherwise there is an error in the diagnostics.</returns>
    public bool Run(IEnumerable<string> arguments, string workingDirectory)
    {
        ProcessStartInfo start = new(_program)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            _diagnostics.Error(ErrorCodes.ToolFailed, _program, $"The program cannot be started. {_hint}");
            return false;
        }

        using (process)
        {
            Task<string> output = process!.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(s_timeLimit))
            {
                process.Kill(entireProcessTree: true);
                _diagnostics.Error(ErrorCodes.ToolFailed, _program, $"The program did not end within {s_timeLimit.TotalMinutes:0} minutes.");
                return false;
            }

            process.WaitForExit();
            if (process.ExitCode == 0)
                return true;
            Report(process.ExitCode, errors.Result + output.Result);
            return false;
        }
    }

    /// <summary>A text that differs when the program does: its file's length and time.</summary>
    public static string Identity(string program)
    {
        string? file = File.Exists(program) ? program : FindOnPath(program);
        if (file is null)
            return program;
        FileInfo info = new(file);
        return $"{Path.GetFileName(program)} {info.Length} {info.LastWriteTimeUtc.Ticks}";
    }

    private static string? FindOnPath(string program)
    {
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
    }

    private void Report(int exitCode, string text)
    {
        StringBuilder rest = new();
        bool any = false;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = FileLineError().Match(line);
            if (match.Success)
            {
                _diagnostics.Error(ErrorCodes.ToolFailed, $"{match.Groups["file"].Value}({match.Groups["line"].Value})", match.Groups["text"].Value);
                any = true;
            }
            else
            {
                _ = rest.Append(rest.Length == 0 ? "" : "\n").Append(line.TrimEnd());
            }
        }

        if (!any)
            _diagnostics.Error(ErrorCodes.ToolFailed, Path.GetFileName(_program), $"The program ended with {exitCode}: {rest}");
    }

    /// <summary>What NASM prints: <c>file:line: error: text</c>.</summary>
    [GeneratedRegex(@"^(?<file>[^:]+):(?<line>\d+): (error|fatal|panic): (?<text>.*)$")]
    private static partial Regex FileLineError();
}
