using System.CommandLine;
using System.IO;
using MemOS.Memory.Diagnostics;
using MemOS.Primitives;
using MemOS.Shell;

namespace MemOS.Lab.Paging;

/// <summary><c>walk</c>: what a processor does with an address, by the page tables in a file of raw memory.</summary>
internal static class WalkCommand
{
    public static Command Create()
    {
        Option<string> memory = new("--memory") { Description = "raw memory, from address 0 on", Required = true, HelpName = "FILE" };
        Option<string> root = new("--root") { Description = "where the root table lies", Required = true, HelpName = "ADDR" };
        Option<string> format = new("--format") { Description = string.Join(", ", FormatRegistry.Names), Required = true, HelpName = "NAME" };
        Option<string> address = new("--address") { Description = "the virtual address", Required = true, HelpName = "ADDR" };
        Option<string> start = new("--start") { Description = "the address of the file's first byte", DefaultValueFactory = _ => "0", HelpName = "ADDR" };
        Option<bool> json = new("--json") { Description = "print JSON" };
        Command command = new("walk", "walk the page tables in a file of raw memory") { memory, root, format, address, start, json };
        command.SetAction(parsed =>
        {
            using MemoryImage image = new(parsed.GetRequiredValue(memory), PhysAddr.FromTrusted(LabNumber.Parse(parsed.GetRequiredValue(start))));
            PhysAddr rootTable = PhysAddr.FromTrusted(LabNumber.Parse(parsed.GetRequiredValue(root)));
            IPageTables tables = FormatRegistry.Open(parsed.GetRequiredValue(format), image.Memory, rootTable);
            VirtAddr wanted = VirtAddr.FromTrusted(LabNumber.Parse(parsed.GetRequiredValue(address)));
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteLine(WalkJson.Create(tables, wanted));
            else new WalkText(tables, wanted).WriteWords(new OutputTerminal(output));
            return 0;
        });
        return command;
    }
}
