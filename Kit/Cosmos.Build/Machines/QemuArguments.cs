using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>QEMU's command line for a machine, without the wiring of its serial line and monitor.</summary>
public static class QemuArguments
{
    private const string OvmfCode = "/usr/share/OVMF/OVMF_CODE_4M.fd";
    private const string OvmfVariables = "/usr/share/OVMF/OVMF_VARS_4M.fd";

    /// <summary>Every feature of QEMU's own processor; for counting, without those that make `rep` one cheap instruction.</summary>
    private const string FullModel = "max";

    private const string CountingModel = "max,-erms,-fsrm";

    public static IReadOnlyList<string> For(MachineOptions options)
    {
        List<string> arguments =
        [
            "-m", options.TotalMemory.ToString(),
            "-smp", options.Cpus.ToString(),
            "-cpu", options.CpuModel ?? (options.Clock == Clock.Instructions ? CountingModel : FullModel),
            "-nic", "none",
            "-device", "isa-debug-exit,iobase=0xf4",
        ];
        arguments.AddRange(
            options.Medium == Medium.Cd
                ? ["-cdrom", options.IsoPath, "-boot", "order=d"]
                : ["-drive", "format=raw,readonly=on,if=virtio,file=" + options.IsoPath.Replace(",", ",,")]);
        if (options.Display == Display.None)
        {
            arguments.AddRange(["-display", "none"]);
        }

        if (options.OnReset == OnReset.End)
        {
            arguments.Add("-no-reboot");
        }

        if (options.Clock == Clock.Instructions)
        {
            arguments.AddRange(["-icount", "shift=0"]);
        }

        AddFirmware(arguments, options.Firmware);
        AddNuma(arguments, options);
        arguments.AddRange(options.ExtraArguments);
        return arguments;
    }

    /// <summary>The variables' changes go to a temporary overlay: each run finds them as installed.</summary>
    private static void AddFirmware(List<string> arguments, Firmware firmware)
    {
        if (firmware == Firmware.Uefi)
        {
            string code = ExternalTool.RequireFile(OvmfCode, "ovmf");
            string variables = ExternalTool.RequireFile(OvmfVariables, "ovmf");
            arguments.AddRange(
            [
                "-drive", $"if=pflash,format=raw,unit=0,readonly=on,file={code}",
                "-drive", $"if=pflash,format=raw,unit=1,snapshot=on,file={variables}",
            ]);
        }
    }

    /// <summary>Processors are dealt to the nodes in turn; a node without memory has processors only.</summary>
    private static void AddNuma(List<string> arguments, MachineOptions options)
    {
        for (int node = 0; node < options.NumaNodes.Count; node++)
        {
            MemorySize size = options.NumaNodes[node];
            string definition = $"node,nodeid={node}";
            if (size.Bytes > 0)
            {
                arguments.AddRange(["-object", $"memory-backend-ram,id=node{node},size={size}"]);
                definition += $",memdev=node{node}";
            }

            int first = node;
            IEnumerable<int> cpus = Enumerable.Range(0, options.Cpus).Where(cpu => cpu % options.NumaNodes.Count == first);
            definition += string.Concat(cpus.Select(cpu => $",cpus={cpu}"));
            arguments.AddRange(["-numa", definition]);
        }

        foreach (NumaDistance distance in options.NumaDistances)
        {
            arguments.AddRange(["-numa", $"dist,src={distance.From},dst={distance.To},val={distance.Distance}"]);
        }
    }
}
