using System.CommandLine;
using System.IO;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary><c>tables</c>: page tables of any format, made by the kernel's mapper, in a file of raw memory.</summary>
internal static class TablesCommand
{
    private const ulong FirstTable = 0x10000;

    public static unsafe Command Create()
    {
        Option<string> memory = new("--memory") { Description = "the file to write", Required = true, HelpName = "FILE" };
        Option<string> format = new("--format") { Description = string.Join(", ", FormatRegistry.Names), Required = true, HelpName = "NAME" };
        Option<string[]> map = new("--map") { Description = "what to map; RIGHTS are letters of rwxu, g, c, a, d", Required = true, HelpName = MapOrder.Syntax };
        Option<string> size = new("--size") { Description = "the size of the memory", DefaultValueFactory = _ => "1M", HelpName = "SIZE" };
        Command command = new("tables", "make page tables in a file of raw memory") { memory, format, map, size };
        command.SetAction(parsed =>
        {
            using HostBlock block = new(MemoryAmount.ParseFrames(parsed.GetRequiredValue(size)) * FrameNumber.SizeBytes);
            ImageMemory image = new(block.Bytes, block.SizeBytes, PhysAddr.Zero);
            TableWriter tables = FormatRegistry.NewTables(parsed.GetRequiredValue(format), image, PhysAddr.FromTrusted(FirstTable));
            foreach (string order in parsed.GetRequiredValue(map)) tables.Map(MapOrder.Parse(order));
            using (FileStream file = File.Create(parsed.GetRequiredValue(memory)))
            {
                using UnmanagedMemoryStream bytes = new(block.Bytes, (long)block.SizeBytes);
                bytes.CopyTo(file);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"root at {tables.Root}, {tables.TableCount} tables of {tables.TableBytes >> 10} KiB");
            return 0;
        });
        return command;
    }
}
