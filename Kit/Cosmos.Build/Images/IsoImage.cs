using System;
using System.Collections.Generic;
using System.IO;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Images;

/// <summary>
/// Puts a multiboot2 kernel into an ISO image that starts from a CD or a stick, by BIOS and by UEFI. The same kernel, command line
/// and boot loader give the same bytes, whenever and wherever it is built.
/// </summary>
public sealed record IsoImage
{
    /// <summary>2026-01-01, the date of everything in the image.</summary>
    private const string PinnedDate = "2026010100000000";

    private const string PinnedDiskGuid = "4d656d4f532043232069736f20676c21";

    internal static readonly IReadOnlyDictionary<string, string> PinnedEnvironment =
        new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1767225600", ["TZ"] = "UTC" };

    /// <summary>The kernel's ELF file.</summary>
    public required string KernelPath { get; init; }

    /// <summary>What the kernel is told, as in a shell: <c>seed=1 exec="mem; zones"</c>.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>What is loaded beside the kernel, when there is such a file; when nothing else is said, the one with the kernel's name that ends in .tar.</summary>
    public string? ModulePath { get; init; }

    /// <summary>The name of the menu entry.</summary>
    public string Title { get; init; } = "MemOS";

    /// <summary>Where the boot loader's files are kept between builds.</summary>
    public required string CacheFolder { get; init; }

    private string Module => ModulePath ?? Path.ChangeExtension(KernelPath, ".tar");

    private bool HasModule => File.Exists(Module);

    /// <summary>Writes the image; a file of that name is replaced when the new one is complete.</summary>
    public void Write(string path)
    {
        if (!File.Exists(KernelPath))
        {
            throw new ToolException($"there is no kernel at {KernelPath}");
        }

        if (ModulePath != null && !HasModule)
        {
            throw new ToolException($"there is no file at {ModulePath}");
        }

        BootLoader loader = BootLoader.Obtain(CacheFolder);
        string folder = Directory.CreateTempSubdirectory("memos-iso-").FullName;
        try
        {
            string menu = Path.Combine(folder, "grub.cfg");
            File.WriteAllText(menu, GrubMenu.Render(Title, CommandLine, KernelFile.MemoryNeeded(KernelPath), HasModule));
            string image = Path.GetFullPath(path) + "." + Environment.ProcessId;
            ExternalTool.Xorriso.Run(Arguments(loader, menu, image), PinnedEnvironment);
            File.Move(image, path, overwrite: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IEnumerable<string> Arguments(BootLoader loader, string menu, string image) =>
    [
        "-as", "mkisofs", "-quiet", "-V", "MEMOS", "-J", "-r",
        "--modification-date=" + PinnedDate, "--set_all_file_dates", PinnedDate, "--gpt_disk_guid", PinnedDiskGuid,
        "-b", "boot/grub/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
        "--grub2-boot-info", "--grub2-mbr", BootLoader.HybridSector,
        "-eltorito-alt-boot", "-append_partition", "2", "0xef", loader.EfiPartition,
        "-e", "--interval:appended_partition_2:all::", "-no-emul-boot",
        "-o", image, "-graft-points",
        Graft(GrubMenu.KernelPath, KernelPath), Graft("/boot/grub/grub.cfg", menu), Graft("/boot/grub/bios.img", loader.BiosImage),
        Graft(GrubMenu.RefusalPath, loader.Refusal),
        .. HasModule ? new[] { Graft(GrubMenu.ModulePath, Module) } : [],
    ];

    /// <summary>In a graft point '=' and '\' are special.</summary>
    private static string Graft(string inImage, string path)
        => inImage + "=" + Path.GetFullPath(path).Replace(@"\", @"\\").Replace("=", @"\=");
}
