using System.Globalization;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>The sample kernel boots on the kit's defaults, and on MemOS's memory with one more line in its project.</summary>
/// <remarks>Its greeting tells where an object lies: the kit's memory is mapped at its physical address, MemOS's in the higher half.</remarks>
[Category("Boot")]
public sealed class HelloKernelTests
{
    private const ulong HigherHalf = 0xFFFF_8000_0000_0000;

    [TestCase(Emulator.Qemu, Firmware.Bios)]
    [TestCase(Emulator.Qemu, Firmware.Uefi)]
    [TestCase(Emulator.Bochs, Firmware.Bios)]
    public void It_runs_on_the_kits_memory(Emulator emulator, Firmware firmware) =>
        Assert.That(AddressOfAnObject(BuiltImages.Hello with { Emulator = emulator, Firmware = firmware }), Is.InRange(1UL << 20, 128UL << 20));

    [TestCase(Emulator.Qemu, Firmware.Bios)]
    [TestCase(Emulator.Qemu, Firmware.Uefi)]
    public void It_runs_on_the_memory_of_MemOS(Emulator emulator, Firmware firmware) =>
        Assert.That(AddressOfAnObject(BuiltImages.HelloMemOS with { Emulator = emulator, Firmware = firmware }), Is.GreaterThan(HigherHalf));

    /// <summary>Boots the sample, has it repeat a line, and switches it off by an empty one.</summary>
    private static ulong AddressOfAnObject(MachineOptions options)
    {
        using BootedMachine machine = BootedMachine.Start(options, prompt: "> ");
        Match greeting = Regex.Match(machine.Transcript, "Hello from 0x([0-9a-f]+), with ([0-9]+) MiB free");
        Assert.That(greeting.Success, machine.Transcript);
        Assert.That(int.Parse(greeting.Groups[2].Value, CultureInfo.InvariantCulture), Is.InRange(64, 127), "MiB of 128");
        Assert.That(machine.RunLast("twice\r"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain("You typed: twice"));
        return ulong.Parse(greeting.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
