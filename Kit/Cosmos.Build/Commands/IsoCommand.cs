using System.CommandLine;
using Cosmos.Build.Images;

namespace Cosmos.Build.Commands;

/// <summary><c>iso</c>: a kernel becomes an image.</summary>
internal static class IsoCommand
{
    public static Command Create()
    {
        Option<string> kernel = new("--kernel") { Description = "the kernel's ELF file", Required = true };
        Option<string> output = new("--output", "-o") { Description = "the image to write", Required = true };
        Option<string> cache = new("--cache") { Description = "folder that keeps the boot loader between builds", Required = true };
        Option<string> commandLine = new("--cmdline") { Description = "kernel command line", DefaultValueFactory = _ => "" };
        Option<string> title = new("--title") { Description = "name of the menu entry", DefaultValueFactory = _ => "MemOS" };
        Option<string?> module = new("--module") { Description = "file to load beside the kernel (the kernel's name with .tar, when that is there)" };
        Command command = new("iso", "put a kernel into an ISO image for BIOS and UEFI") { kernel, output, cache, commandLine, title, module };
        command.SetAction(parsed =>
        {
            new IsoImage
            {
                KernelPath = parsed.GetRequiredValue(kernel),
                CacheFolder = parsed.GetRequiredValue(cache),
                CommandLine = parsed.GetRequiredValue(commandLine),
                Title = parsed.GetRequiredValue(title),
                ModulePath = parsed.GetValue(module),
            }.Write(parsed.GetRequiredValue(output));
            return 0;
        });
        return command;
    }
}
