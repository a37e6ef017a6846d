using System;
using System.CommandLine;
using System.IO;
using MemOS.Boot;
using MemOS.Memory.Frames;

namespace MemOS.Lab.Zones;

/// <summary><c>zones</c>: which zones a machine's memory falls into, node by node.</summary>
internal static class ZonesCommand
{
    public static Command Create(TextWriter notes)
    {
        Option<string> map = new("--e820") { Description = "memory map as Linux prints it, or a whole boot log", Required = true, HelpName = "FILE" };
        Option<string?> srat = new("--srat") { Description = "ACPI table of nodes, binary", HelpName = "FILE" };
        Option<string?> slit = new("--slit") { Description = "ACPI table of distances, binary", HelpName = "FILE" };
        Option<string> preset = new("--preset") { Description = "zone layout", DefaultValueFactory = _ => "veridian", HelpName = "NAME" };
        preset.AcceptOnlyFromAmong("veridian", "lld", "coal", "valen", "linux");
        Option<bool> json = new("--json") { Description = "print JSON" };
        Command command = new("zones", "lay out a machine's memory in nodes and zones") { map, srat, slit, preset, json };
        command.SetAction(parsed =>
        {
            using ZonesLab lab = new(
                FirmwareMapFile.Read(parsed.GetRequiredValue(map)), Table(parsed.GetValue(srat)), Table(parsed.GetValue(slit)));
            ZoneLayout layout = ZoneLayout.Of(Enum.Parse<ZonePreset>(parsed.GetRequiredValue(preset), ignoreCase: true));
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.WriteLine(parsed.GetValue(json) ? ZonesReport.Json(lab, layout) : ZonesReport.Text(lab, layout));
            if (ZonesReport.Note(lab) is { } note) notes.WriteLine(note);
            return 0;
        });
        return command;
    }

    private static byte[]? Table(string? path) => path == null ? null : File.ReadAllBytes(path);
}
