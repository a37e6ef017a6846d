using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Images;

/// <summary>
/// GRUB for both firmwares, made of the few modules that a multiboot2 kernel on a CD or a stick needs. It does not depend on the
/// kernel, so it is made once and kept in a folder whose name is a digest of what it was made from.
/// </summary>
public sealed class BootLoader
{
    private const string GrubRoot = "/usr/lib/grub";
    private const string EfiStartFile = "BOOTX64.EFI";

    private static readonly string[] s_commonModules =
        ["iso9660", "multiboot2", "normal", "test", "echo", "serial", "sleep", "minicmd", "halt", "reboot"];

    private static readonly string[] s_biosModules = ["biosdisk", .. s_commonModules];

    /// <summary>Partition maps and FAT: the image may be a CD, or a stick whose first partition is the EFI one.</summary>
    private static readonly string[] s_efiModules =
        ["part_gpt", "part_msdos", "fat", "search", "search_fs_file", "efi_gop", .. s_commonModules];

    /// <summary>UEFI starts GRUB from the FAT partition; the kernel and the menu are in the ISO file system.</summary>
    private const string EfiFirstSteps = $"search --file --set=root {GrubMenu.KernelPath}\nset prefix=($root)/boot/grub\n";

    private static readonly string s_refusalSource = ReadRefusalSource();

    private BootLoader(string folder)
    {
        BiosImage = Path.Combine(folder, "bios.img");
        EfiPartition = Path.Combine(folder, "efi.img");
        Refusal = Path.Combine(folder, "refusal.bin");
    }

    /// <summary>The El Torito boot image.</summary>
    public string BiosImage { get; }

    /// <summary>A FAT file system with GRUB as its removable-media boot program.</summary>
    public string EfiPartition { get; }

    /// <summary>A program that is started in place of a kernel that does not fit into the memory, and says so.</summary>
    public string Refusal { get; }

    /// <summary>The first sector, which makes the same image start from a disk.</summary>
    public static string HybridSector => RequireGrubFile("i386-pc", "boot_hybrid.img");

    /// <summary>Takes the loader from <paramref name="cacheFolder"/>, making it first when it is not there.</summary>
    public static BootLoader Obtain(string cacheFolder)
    {
        string folder = Path.Combine(cacheFolder, "grub-" + Digest());
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(cacheFolder);
            string unfinished = folder + "." + Environment.ProcessId;
            Directory.CreateDirectory(unfinished);
            MakeBiosImage(unfinished);
            MakeEfiPartition(unfinished);
            MakeRefusal(unfinished);
            Publish(unfinished, folder);
        }

        return new BootLoader(folder);
    }

    private static void MakeBiosImage(string folder)
        => ExternalTool.GrubMkImage.Run(
            ["-O", "i386-pc-eltorito", "-d", Path.Combine(GrubRoot, "i386-pc"), "-p", "/boot/grub",
             "-o", Path.Combine(folder, "bios.img"), .. s_biosModules]);

    private static void MakeEfiPartition(string folder)
    {
        string firstSteps = Path.Combine(folder, "first.cfg");
        File.WriteAllText(firstSteps, EfiFirstSteps);
        string program = Path.Combine(folder, EfiStartFile);
        ExternalTool.GrubMkImage.Run(
            ["-O", "x86_64-efi", "-d", Path.Combine(GrubRoot, "x86_64-efi"), "-p", "/boot/grub", "-c", firstSteps,
             "-o", program, .. s_efiModules]);

        // 2 heads of 64 sectors: a track of 64 KiB. One track more than the program needs holds the FATs and folders.
        const long trackBytes = 2 * 64 * 512;
        long tracks = (new FileInfo(program).Length + trackBytes - 1) / trackBytes + 1;
        string partition = Path.Combine(folder, "efi.img");
        using (FileStream file = File.Create(partition))
        {
            file.SetLength(tracks * trackBytes);
        }

        Dictionary<string, string> environment = new(IsoImage.PinnedEnvironment) { ["MTOOLSRC"] = "/dev/null" };
        ExternalTool.MFormat.Run(
            ["-i", partition, "-h", "2", "-s", "64", "-t", tracks.ToString(), "-N", "4D454D4F", "-v", "MEMOS", "::"], environment);
        ExternalTool.MMakeDirectory.Run(["-i", partition, "::/EFI", "::/EFI/BOOT"], environment);
        ExternalTool.MCopy.Run(["-i", partition, program, "::/EFI/BOOT/" + EfiStartFile], environment);
    }

    private static void MakeRefusal(string folder)
    {
        string source = Path.Combine(folder, "refusal.asm");
        File.WriteAllText(source, s_refusalSource);
        ExternalTool.Nasm.Run(["-f", "bin", "-Werror", "-o", Path.Combine(folder, "refusal.bin"), source]);
    }

    private static string ReadRefusalSource()
    {
        using Stream source = typeof(BootLoader).Assembly.GetManifestResourceStream("Refusal.asm")!;
        using StreamReader reader = new(source);
        return reader.ReadToEnd();
    }

    /// <summary>Another build may have made the same folder meanwhile: then that one is used.</summary>
    private static void Publish(string unfinished, string folder)
    {
        try
        {
            Directory.Move(unfinished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(unfinished, recursive: true);
        }
    }

    private static string Digest()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string platform, string[] modules) in new[] { ("i386-pc", s_biosModules), ("x86_64-efi", s_efiModules) })
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{platform} {string.Join(' ', modules)}\n"));
            hash.AppendData(File.ReadAllBytes(RequireGrubFile(platform, "kernel.img")));
            hash.AppendData(File.ReadAllBytes(RequireGrubFile(platform, "multiboot2.mod")));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(EfiFirstSteps + s_refusalSource));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static string RequireGrubFile(string platform, string name)
        => ExternalTool.RequireFile(
            Path.Combine(GrubRoot, platform, name), platform == "i386-pc" ? "grub-pc-bin" : "grub-efi-amd64-bin");
}
