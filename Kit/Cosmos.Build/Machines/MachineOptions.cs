using System.Collections.Generic;
using System.Linq;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>The machine to start.</summary>
public sealed record MachineOptions
{
    /// <summary>The image to boot.</summary>
    public required string IsoPath { get; init; }

    /// <summary>Null: the sum of <see cref="NumaNodes"/>, or 512 MiB.</summary>
    public MemorySize? Memory { get; init; }

    /// <summary>Processors.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>The emulator's processor model; null: everything the emulator can do.</summary>
    public string? CpuModel { get; init; }

    /// <summary>Memory of each NUMA node; empty: the machine has no NUMA tables.</summary>
    public IReadOnlyList<MemorySize> NumaNodes { get; init; } = [];

    /// <summary>Distances other than the firmware's 20.</summary>
    public IReadOnlyList<NumaDistance> NumaDistances { get; init; } = [];

    public Firmware Firmware { get; init; }

    public Emulator Emulator { get; init; }

    public Medium Medium { get; init; }

    public Display Display { get; init; }

    public Clock Clock { get; init; }

    public OnReset OnReset { get; init; }

    /// <summary>A file that gets what the second serial line sends; null: the machine has one line.</summary>
    public string? SecondLinePath { get; init; }

    /// <summary>Further QEMU arguments, last, so that they win.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>The machine's memory in all.</summary>
    public MemorySize TotalMemory
        => Memory ?? (NumaNodes.Count > 0 ? new MemorySize(NumaNodes.Sum(node => node.Bytes)) : new MemorySize(512L << 20));

    /// <summary>Refuses what no machine can be, and what the chosen emulator does not have.</summary>
    /// <exception cref="ToolException">Names the option.</exception>
    public void Validate()
    {
        Require(Cpus is >= 1 and <= 255, $"--cpus {Cpus}: 1 to 255");
        Require(TotalMemory.Bytes > 0, "--memory must be more than nothing");
        Require(
            NumaNodes.Count == 0 || NumaNodes.Sum(node => node.Bytes) == TotalMemory.Bytes,
            $"--numa: the nodes' memory is {new MemorySize(NumaNodes.Sum(node => node.Bytes))}, the machine's {TotalMemory}");
        foreach (NumaDistance distance in NumaDistances)
        {
            Require(
                distance.From < NumaNodes.Count && distance.To < NumaNodes.Count,
                $"--numa-distance {distance.From},{distance.To}: the machine has {NumaNodes.Count} nodes");
        }

        if (Emulator == Emulator.Bochs)
        {
            Require(Firmware == Firmware.Bios, "--emulator bochs boots by BIOS only");
            Require(NumaNodes.Count == 0, "--emulator bochs has no NUMA");
            Require(Clock == Clock.Host, "--emulator bochs does not count instructions: --icount is QEMU's");
            Require(ExtraArguments.Count == 0, "arguments after -- are QEMU's");
            Require(Medium == Medium.Cd, "--emulator bochs boots from the CD only");
            Require(Cpus <= 8, "--emulator bochs has at most 8 processors");
            Require(TotalMemory.Bytes <= 2048L << 20, "--emulator bochs has at most 2048M of memory");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ToolException(message);
        }
    }
}
