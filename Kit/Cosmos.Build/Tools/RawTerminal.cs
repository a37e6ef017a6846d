using System;
using System.Diagnostics;

namespace Cosmos.Build.Tools;

/// <summary>A terminal that hands over each key at once and echoes nothing, until disposed.</summary>
public sealed class RawTerminal : IDisposable
{
    private readonly string? _settings;

    private RawTerminal(string? settings) => _settings = settings;

    /// <summary>False when the input is not a terminal.</summary>
    public bool IsRaw => _settings != null;

    public static RawTerminal Enter()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return new RawTerminal(null);
        }

        string settings = Stty("-g").Trim();
        Stty("raw", "-echo");
        return new RawTerminal(settings);
    }

    public void Dispose()
    {
        if (_settings != null)
        {
            Stty(_settings);
        }
    }

    /// <summary>stty works on its standard input, which is ours.</summary>
    private static string Stty(params string[] arguments)
    {
        ProcessStartInfo start = new("stty", arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start) ?? throw new ToolException("stty could not be started");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
