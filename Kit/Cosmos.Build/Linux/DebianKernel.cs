using System;
using System.IO;
using System.Linq;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Linux;

/// <summary>Debian's Linux kernel for virtual machines, taken out of its package without being installed.</summary>
internal static class DebianKernel
{
    private const string Package = "linux-image-cloud-amd64";

    /// <summary>The kernel's file, downloaded once into <paramref name="cacheFolder"/>.</summary>
    /// <exception cref="ToolException">The package cannot be had.</exception>
    public static string Locate(string cacheFolder)
    {
        string folder = Path.Combine(Path.GetFullPath(cacheFolder), "linux");
        if (Find(folder) is string kept)
        {
            return kept;
        }

        string part = folder + "." + Environment.ProcessId;
        Directory.CreateDirectory(part);
        try
        {
            Download(part);
            ExternalTool.DpkgDeb.Run(["--extract", Directory.GetFiles(part, "*.deb").Single(), Path.Combine(part, "files")]);
            string kernel = Find(Path.Combine(part, "files", "boot")) ?? throw new ToolException($"{Package} has no kernel in boot/");
            Directory.CreateDirectory(folder);
            string target = Path.Combine(folder, Path.GetFileName(kernel));
            File.Move(kernel, target, overwrite: true);
            return target;
        }
        finally
        {
            Directory.Delete(part, recursive: true);
        }
    }

    private static string? Find(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "vmlinuz-*").Order().LastOrDefault() : null;

    /// <summary>Lists of packages grow old: then they name a file that is no longer there, and are fetched anew.</summary>
    private static void Download(string folder)
    {
        try
        {
            DownloadListed(folder);
        }
        catch (ToolException)
        {
            if (Environment.UserName == "root")
            {
                ExternalTool.AptGet.Run(["update", "-q"]);
            }
            else
            {
                ExternalTool.Sudo.Run(["apt-get", "update", "-q"]);
            }

            DownloadListed(folder);
        }
    }

    /// <summary>The package is empty and depends on the one with today's kernel.</summary>
    private static void DownloadListed(string folder)
    {
        const string Depends = "Depends: ";
        string[] lines = ExternalTool.AptCache.Run(["depends", Package]).Split('\n', StringSplitOptions.TrimEntries);
        string kernel = lines.FirstOrDefault(line => line.StartsWith(Depends, StringComparison.Ordinal))?[Depends.Length..]
            ?? throw new ToolException($"apt-cache knows no {Package}");
        ExternalTool.AptGet.Run(["download", "-q", kernel], workingFolder: folder);
    }
}
