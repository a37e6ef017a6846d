using System;
using System.IO;
using System.Text;
using Cosmos.Build.Images;
using Cosmos.Build.Machines;

namespace MemOS.Tests.Boot;

/// <summary>The images that an ordinary build makes, and others of the same kernels.</summary>
internal static class BuiltImages
{
    /// <summary>A machine with MemOS in its drive.</summary>
    public static MachineOptions MemOS => Machine(Artifact("memos", ".iso"));

    /// <summary>A machine with the sample kernel on the kit's own memory management.</summary>
    public static MachineOptions Hello => Machine(Artifact("hello", ".iso"));

    /// <summary>A machine with the sample kernel on MemOS's memory.</summary>
    public static MachineOptions HelloMemOS => Machine(Artifact("hello-memos", ".iso"));

    /// <summary>The folder that keeps the boot loader.</summary>
    public static string Cache => Path.Combine(Root, "artifacts", "cache");

    /// <summary>The root of the tree.</summary>
    public static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder != null && !File.Exists(Path.Combine(folder.FullName, "MemOS.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException("no MemOS.sln above the tests");
        }
    }

    /// <summary>A file that the build of an image left: <c>.iso</c>, <c>.elf</c> or <c>.debug.elf</c>.</summary>
    public static string Artifact(string name, string extension)
    {
        string file = Path.Combine(Root, "artifacts", name, name + extension);
        return File.Exists(file)
            ? file
            : throw new FileNotFoundException($"{file} is not there: it is made by a build without -p:CosmosImage=false");
    }

    /// <summary>An ordinary small machine with an image in its drive.</summary>
    public static MachineOptions Machine(string iso) => new() { IsoPath = iso, Memory = MemorySize.Parse("128M") };

    /// <summary>Makes another image of MemOS, whose boot menu says <paramref name="commandLine"/>.</summary>
    public static MachineOptions WithCommandLine(this TemporaryFolder folder, string commandLine) =>
        folder.ImageOf(Artifact("memos", ".elf"), commandLine);

    /// <summary>Makes another image of MemOS, for which the boot loader does something first; it loads the kernel alone.</summary>
    public static MachineOptions WithLoaderCommand(this TemporaryFolder folder, string command)
    {
        // The boot menu lies in the image as it is written: the command takes the place of one that is not needed.
        byte[] image = File.ReadAllBytes(MemOS.IsoPath);
        ReadOnlySpan<byte> hidden = "set timeout_style=hidden"u8;
        int position = image.AsSpan().IndexOf(hidden);
        if (position < 0 || command.Length > hidden.Length) throw new ArgumentException(command);
        Encoding.ASCII.GetBytes(command.PadRight(hidden.Length)).CopyTo(image, position);
        ReadOnlySpan<byte> module = "module2 /boot/memos.tar"u8;
        position = image.AsSpan().IndexOf(module);
        if (position >= 0) image.AsSpan(position, module.Length).Fill((byte)' ');
        string iso = folder.NewFile(".iso");
        File.WriteAllBytes(iso, image);
        return Machine(iso);
    }

    /// <summary>Makes an image of a kernel.</summary>
    public static MachineOptions ImageOf(this TemporaryFolder folder, string kernel, string commandLine = "")
    {
        string iso = folder.NewFile(".iso");
        new IsoImage { KernelPath = kernel, CacheFolder = Cache, CommandLine = commandLine }.Write(iso);
        return Machine(iso);
    }
}
