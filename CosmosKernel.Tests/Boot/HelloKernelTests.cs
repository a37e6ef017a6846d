using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>The sample kernel boots on the kit's defaults.</summary>
[Category("Boot")]
public sealed class HelloKernelTests
{
    [TestCase(Emulator.Qemu, Firmware.Bios)]
    [TestCase(Emulator.Qemu, Firmware.Uefi)]
    [TestCase(Emulator.Bochs, Firmware.Bios)]
    public void It_greets_and_switches_off(Emulator emulator, Firmware firmware)
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.Hello with { Emulator = emulator, Firmware = firmware }, prompt: "> ");
        Assert.That(machine.Transcript, Does.Contain("Hello. Type a line and it comes back"));
        Assert.That(machine.RunLast(""), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }
}
