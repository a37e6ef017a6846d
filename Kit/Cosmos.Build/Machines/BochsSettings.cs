using System.IO;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>The bochsrc of a machine.</summary>
public static class BochsSettings
{
    internal const string LogName = "bochs.log";

    private const string Bios = "/usr/share/bochs/BIOS-bochs-latest";
    private const string VideoBios = "/usr/share/vgabios/vgabios.bin";

    /// <param name="options">The machine.</param>
    /// <param name="serialPort">A local TCP port at which somebody listens for the serial line.</param>
    /// <param name="folder">Where the log goes.</param>
    /// <remarks>`ips` is what the emulated clock counts as a second; a triple fault is fatal, so that it is seen.</remarks>
    public static string Render(MachineOptions options, int serialPort, string folder) => $"""
        display_library: rfb, options="timeout=0"
        megs: {options.TotalMemory.Bytes >> 20}
        cpu: model={options.CpuModel ?? "corei7_haswell_4770"}, count={options.Cpus}, ips=200000000, reset_on_triple_fault=0
        romimage: file={ExternalTool.RequireFile(Bios, "bochsbios")}
        vgaromimage: file={ExternalTool.RequireFile(VideoBios, "vgabios")}
        ata0-master: type=cdrom, path="{Path.GetFullPath(options.IsoPath)}", status=inserted
        boot: cdrom
        com1: enabled=1, mode=socket-client, dev=localhost:{serialPort}
        com2: {(options.SecondLinePath is string path ? $"enabled=1, mode=file, dev={Path.GetFullPath(path)}" : "enabled=0")}
        clock: sync=none
        log: {Path.Combine(folder, LogName)}
        panic: action=fatal
        error: action=report
        info: action=report
        debug: action=ignore

        """;
}
