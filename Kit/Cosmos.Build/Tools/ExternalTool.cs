using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace Cosmos.Build.Tools;

/// <summary>A program of the operating system that building or running an image needs, and the package that has it.</summary>
public sealed record ExternalTool(string Name, string DebianPackage)
{
    public static readonly ExternalTool GrubMkImage = new("grub-mkimage", "grub-common");
    public static readonly ExternalTool Nasm = new("nasm", "nasm");
    public static readonly ExternalTool Xorriso = new("xorriso", "xorriso");
    public static readonly ExternalTool MFormat = new("mformat", "mtools");
    public static readonly ExternalTool MMakeDirectory = new("mmd", "mtools");
    public static readonly ExternalTool MCopy = new("mcopy", "mtools");
    public static readonly ExternalTool Qemu = new("qemu-system-x86_64", "qemu-system-x86");
    public static readonly ExternalTool Bochs = new("bochs", "bochs");
    public static readonly ExternalTool AptCache = new("apt-cache", "apt");
    public static readonly ExternalTool AptGet = new("apt-get", "apt");
    public static readonly ExternalTool DpkgDeb = new("dpkg-deb", "dpkg");
    public static readonly ExternalTool Sudo = new("sudo", "sudo");

    /// <summary>Where the program is.</summary>
    /// <exception cref="ToolException">It is not installed.</exception>
    public string Locate()
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            string candidate = Path.Combine(folder, Name);
            if (folder.Length > 0 && File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new ToolException($"{Name} is not installed: it is in Debian's package {DebianPackage} (./memos setup installs it)");
    }

    /// <summary>A file that a package brings, checked to be there.</summary>
    public static string RequireFile(string path, string debianPackage)
        => File.Exists(path)
            ? path
            : throw new ToolException($"{path} is missing: it is in Debian's package {debianPackage} (./memos setup installs it)");

    /// <summary>Runs the program to its end and returns its output, which is shown only when it fails.</summary>
    public string Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string workingFolder = "")
    {
        ProcessStartInfo start = new(Locate(), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new ToolException($"{Name} could not be started");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new ToolException($"{Name} failed with exit code {process.ExitCode}: {string.Join(' ', start.ArgumentList)}\n{output}{errors.Result}".TrimEnd());
        }

        return output;
    }
}
