using System.Linq;
using Cosmos.Build.Machines;

namespace Cosmos.Build.Images;

/// <summary>The boot loader's grub.cfg: one entry, started at once.</summary>
public static class GrubMenu
{
    /// <summary>Where the kernel lies in the image.</summary>
    public const string KernelPath = "/boot/memos.elf";

    /// <summary>Where the program lies that says why there is no kernel.</summary>
    public const string RefusalPath = "/boot/refusal.bin";

    /// <summary>Where the file lies that is loaded beside the kernel.</summary>
    public const string ModulePath = "/boot/memos.tar";

    /// <param name="title">The entry's name.</param>
    /// <param name="commandLine">What the kernel is told, as in a shell.</param>
    /// <param name="memoryNeeded">The usable memory below which loading can fail.</param>
    /// <param name="hasModule">Whether there is a file to be loaded beside the kernel.</param>
    /// <remarks>
    /// The multiboot2 command itself chooses the screen from the kernel's header: without a framebuffer tag there, VGA text on a
    /// BIOS and a framebuffer under UEFI. When it fails (too little memory, a damaged image) its reason also goes to the serial
    /// line, where a machine without a screen shows it, and a program of a few hundred bytes says how much memory is missing.
    /// A word with a space reaches the kernel as <c>"word with space"</c>; quotes and backslashes inside get a backslash.
    /// </remarks>
    public static string Render(string title, string commandLine, MemorySize memoryNeeded, bool hasModule = false)
    {
        string load = hasModule ? $"module2 {ModulePath}\n                    " : "";
        string words = string.Concat(KernelCommandLine.Split(commandLine).Select(word => " " + Quote(word)));
        return $$"""
            set timeout=0
            set timeout_style=hidden
            menuentry {{Quote(title)}} {
                if multiboot2 {{KernelPath}}{{words}}; then
                    {{load}}boot
                else
                    serial --unit=0 --speed=115200
                    terminal_output console serial
                    echo "the boot loader cannot load the kernel:"
                    multiboot2 {{KernelPath}}{{words}}
                    multiboot2 {{RefusalPath}} {{memoryNeeded.Bytes >> 10}}
                    boot
                fi
            }

            """;
    }

    /// <summary>Single quotes keep everything but a single quote.</summary>
    private static string Quote(string word) => "'" + word.Replace("'", @"'\''") + "'";
}
