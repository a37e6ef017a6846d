using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>What goes wrong is caught or named; nothing resets the machine.</summary>
[Category("Boot")]
public sealed class FaultTests
{
    [Test]
    public void Exceptions_and_null_references_are_caught_and_the_prompt_returns()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
        CommandResult thrown = machine.Run("throw out of bounds");
        Assert.That(thrown.Failure, Is.EqualTo("System.InvalidOperationException"));
        Assert.That(thrown.Text, Does.Contain("unhandled exception System.InvalidOperationException: out of bounds\n   at MemOS.Shell.MachineCommands.Throw"));

        CommandResult read = machine.Run("fault null");
        Assert.That(read.Failure, Is.EqualTo("System.NullReferenceException"));
        Assert.That(read.Text, Does.Contain("   at MemOS.Hardware.DeliberateFault.ReadThroughNull"));

        Assert.That(machine.RunOk("selftest paging")[^1], Does.EndWith(" 0 failed"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }

    [TestCase(Emulator.Qemu, "fault write-code", "write to the kernel's code", "WriteCode")]
    [TestCase(Emulator.Qemu, "fault execute-data", "execution of memory that holds no code", "ExecuteData")]
    [TestCase(Emulator.Qemu, "fault stack", "kernel stack overflow", "OverflowStack")]
    [TestCase(Emulator.Bochs, "fault write-code", "write to the kernel's code", "WriteCode")]
    [TestCase(Emulator.Bochs, "fault execute-data", "execution of memory that holds no code", "ExecuteData")]
    [TestCase(Emulator.Bochs, "fault stack", "kernel stack overflow", "OverflowStack")]
    public void A_fault_of_the_kernel_is_named_with_a_back_trace(Emulator emulator, string command, string name, string method)
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Emulator = emulator });
        Assert.That(machine.RunLast(command), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain($"\nkernel panic: {name}\nvector "));
        string[] trace = [.. machine.Transcript.Split('\n').Where(line => line.StartsWith("   at ", StringComparison.Ordinal))];
        Assert.That(trace, Has.Some.StartsWith($"   at MemOS.Hardware.DeliberateFault.{method} + 0x"), machine.Transcript);
        Assert.That(trace, Has.Some.StartsWith("   at MemOS.Shell.CommandShell.ReadAndRun + 0x"), machine.Transcript);
        Assert.That(trace[^1], Does.StartWith("   at Kit.Runtime.Entry.Start + 0x"), machine.Transcript);
        Assert.That(machine.Transcript, Does.EndWith("\nsystem halted\n"));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void A_reserved_bit_in_the_tables_is_reported_as_one(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Emulator = emulator });
        Assert.That(machine.RunLast("fault reserved"), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain("\n  kernel read of a page whose tables have a reserved bit set (error code "));
        Assert.That(machine.Transcript, Does.Contain(" is 0x81, which has a reserved bit set\n  the walk ends at a reserved bit\n"));
        Assert.That(machine.Transcript, Does.Contain("\nkernel panic: page tables with a reserved bit set\nvector 0x0e"));
        Assert.That(machine.Transcript, Does.Contain("\n   at MemOS.Hardware.DeliberateFault.Read + 0x"));
    }

    [TestCase(Emulator.Qemu)]
    [TestCase(Emulator.Bochs)]
    public void A_panic_gives_its_reason_and_stops(Emulator emulator)
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Emulator = emulator });
        Assert.That(machine.RunLast("panic all is lost"), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain("\nkernel panic: all is lost\n").And.EndWith("\nsystem halted\n"));
    }

    [Test]
    public void A_stack_overflow_on_the_kits_own_memory_is_named_too()
    {
        using TemporaryFolder folder = new();
        MachineOptions options = folder.ImageOf(KernelThatCallsItself(folder));
        using BootedMachine machine = BootedMachine.StartWithoutPrompt(options);
        Assert.That(machine.WaitForEnd(), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
        Assert.That(machine.Transcript, Does.Contain("\nkernel panic: kernel stack overflow\nvector 0x08"));
        Assert.That(machine.Transcript, Does.Contain("\n   at HelloKernel.Kernel.Run + 0x"));
    }

    // The sample kernel with a call of itself as the first instruction of Run.
    private static string KernelThatCallsItself(TemporaryFolder folder)
    {
        const int Call = 0xE8;
        const int CallBytes = 5;
        byte[] image = File.ReadAllBytes(BuiltImages.Artifact("hello", ".elf"));
        int offset = FileOffset(image, AddressOf("HelloKernel_HelloKernel_Kernel__Run", BuiltImages.Artifact("hello", ".debug.elf")));
        image[offset] = Call;
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset + 1), -CallBytes);
        string kernel = folder.NewFile(".elf");
        File.WriteAllBytes(kernel, image);
        return kernel;
    }

    private static ulong AddressOf(string symbol, string file)
    {
        using Process nm = Process.Start(new ProcessStartInfo("nm", [file]) { RedirectStandardOutput = true })!;
        string line = nm.StandardOutput.ReadToEnd().Split('\n').Single(line => line.EndsWith(" " + symbol, StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    // By the program headers of a 64-bit ELF file.
    private static int FileOffset(byte[] image, ulong address)
    {
        int table = (int)BitConverter.ToUInt64(image, 32);
        int entryBytes = BitConverter.ToUInt16(image, 54);
        int count = BitConverter.ToUInt16(image, 56);
        for (int entry = table; entry < table + (count * entryBytes); entry += entryBytes)
        {
            ulong start = BitConverter.ToUInt64(image, entry + 16);
            if (address - start < BitConverter.ToUInt64(image, entry + 32))
                return (int)(BitConverter.ToUInt64(image, entry + 8) + address - start);
        }

        throw new InvalidDataException("no segment has the address");
    }
}
