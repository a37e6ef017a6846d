using System;
using System.Collections.Generic;
using System.Diagnostics;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Tests.Mmu;

/// <summary>Runs an emulator that ends by itself.</summary>
internal static class OracleProcess
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs it to its end, which must have the exit code <paramref name="expected"/>.</summary>
    public static void Run(ExternalTool tool, IEnumerable<string> arguments, int expected)
    {
        ProcessStartInfo start = new(tool.Locate(), arguments) { RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill();
            process.WaitForExit();
            Assert.Fail($"{tool.Name} did not end: {errors.Result}");
        }

        Assert.That(process.ExitCode, Is.EqualTo(expected), () => $"{tool.Name}: {errors.Result}");
    }
}
