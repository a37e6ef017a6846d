using System.Linq;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>A firmware's map that is longer than the kernel's own data has room for.</summary>
[Category("Boot")]
public sealed class LongMapTests
{
    // The boot loader takes every second page of 2 MiB for broken.
    [Test]
    public void A_map_of_hundreds_of_entries_is_kept_in_frames_of_its_own()
    {
        using TemporaryFolder folder = new();
        using BootedMachine machine = BootedMachine.Start(folder.WithLoaderCommand("badram 2001000,ffe01000"));
        string[] map = [.. machine.RunOk("map")];
        Assert.That(map.Count(line => line.EndsWith("usable", System.StringComparison.Ordinal)), Is.InRange(257, 270), machine.Transcript);
        Assert.That(map, Has.Some.EndsWith(" boot allocation"));
        machine.RunOk("mem");
        Assert.That(machine.RunOk("selftest")[^1], Does.EndWith(" 0 failed"));
        Assert.That(machine.RunLast("poweroff"), Is.EqualTo(MachineEnd.PoweredOff), machine.Transcript);
    }
}
