using System.Diagnostics;
using System.IO;
using MemOS.Boot;
using MemOS.Memory.Numa;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Tables written by the ACPI compiler, which knows the specification from elsewhere, are understood.</summary>
public sealed class AcpiCompilerTests
{
    private const string Header = """
        [0004] Table Length : 00000000
        [0001] Revision : 03
        [0001] Checksum : 00
        [0006] Oem ID : "MEMOS "
        [0008] Oem Table ID : "TESTS"
        [0004] Oem Revision : 00000001
        [0004] Asl Compiler ID : "INTL"
        [0004] Asl Compiler Revision : 00000001

        """;

    private const string Srat = "[0004] Signature : \"SRAT\"\n" + Header + """
        [0004] Table Revision : 00000001
        [0008] Reserved : 0000000000000000

        [0001] Subtable Type : 00
        [0001] Length : 10
        [0001] Proximity Domain Low(8) : 04
        [0001] Apic ID : 05
        [0004] Flags (decoded below) : 00000001
               Enabled : 1
        [0001] Local Sapic EID : 00
        [0003] Proximity Domain High(24) : 000001
        [0004] Clock Domain : 00000000

        [0001] Subtable Type : 01
        [0001] Length : 28
        [0004] Proximity Domain : 00000001
        [0002] Reserved1 : 0000
        [0008] Base Address : 0000000000000000
        [0008] Address Length : 0000000008000000
        [0004] Reserved2 : 00000000
        [0004] Flags (decoded below) : 00000001
               Enabled : 1
               Hot Pluggable : 0
               Non-Volatile : 0
        [0008] Reserved3 : 0000000000000000

        [0001] Subtable Type : 01
        [0001] Length : 28
        [0004] Proximity Domain : 00000000
        [0002] Reserved1 : 0000
        [0008] Base Address : 0000000008000000
        [0008] Address Length : 0000000018000000
        [0004] Reserved2 : 00000000
        [0004] Flags (decoded below) : 00000003
               Enabled : 1
               Hot Pluggable : 1
               Non-Volatile : 0
        [0008] Reserved3 : 0000000000000000

        [0001] Subtable Type : 02
        [0001] Length : 18
        [0002] Reserved1 : 0000
        [0004] Proximity Domain : 00000001
        [0004] Apic ID : 00010000
        [0004] Flags (decoded below) : 00000001
               Enabled : 1
        [0004] Clock Domain : 00000000
        [0004] Reserved2 : 00000000

        [0001] Subtable Type : 05
        [0001] Length : 20
        [0001] Reserved1 : 00
        [0001] Device Handle Type : 01
        [0004] Proximity Domain : 00000002
        [0016] Device Handle : 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F
        [0004] Flags (decoded below) : 00000001
               Enabled : 1
        [0004] Reserved2 : 00000000

        """;

    private const string Slit = "[0004] Signature : \"SLIT\"\n" + Header + """
        [0008] Localities : 0000000000000003
        [0003] Locality 0 : 0A 15 1E
        [0003] Locality 1 : 16 0A 1F
        [0003] Locality 2 : 17 20 0A

        """;

    [Test]
    public void A_compiled_topology_is_read()
    {
        using AcpiMachine machine = new();
        using FirmwareMap firmware = FirmwareMap.Of((0, 0x20000));
        Topology topology = machine.Read(firmware.Build(), Compile(Srat), Compile(Slit));
        Assert.That(topology.Fault, Is.EqualTo(TopologyFault.None));
        Assert.That(topology.NodeCount, Is.EqualTo(4));
        Assert.That(topology.PresentFrames(NodeId.FromTrusted(0)), Is.EqualTo(0x18000));
        Assert.That(topology.PresentFrames(NodeId.FromTrusted(1)), Is.EqualTo(0x8000));
        Assert.That(topology.InitiatorsOf(NodeId.FromTrusted(2)), Is.EqualTo(1));
        Assert.That(topology.DomainOf(NodeId.FromTrusted(3)), Is.EqualTo(0x104));
        Assert.That(topology.RangeAt(1).Traits, Is.EqualTo(AcpiMemoryTraits.HotPluggable));
        Assert.That(topology.TryNodeOfProcessor(5, out NodeId node) && node.Value == 3, Is.True);
        Assert.That(topology.TryNodeOfProcessor(0x10000, out node) && node.Value == 1, Is.True);
        Assert.That(topology.Distance(NodeId.FromTrusted(1), NodeId.FromTrusted(2)), Is.EqualTo(0x1F));
        Assert.That(topology.Distance(NodeId.FromTrusted(2), NodeId.FromTrusted(0)), Is.EqualTo(0x17));
        Assert.That(topology.Distance(NodeId.FromTrusted(3), NodeId.FromTrusted(0)), Is.EqualTo(20), "beyond the table");
    }

    private static byte[] Compile(string source)
    {
        string folder = Directory.CreateTempSubdirectory("memos-acpi").FullName;
        try
        {
            string path = Path.Combine(folder, "table");
            File.WriteAllText(path + ".asl", source);
            ProcessStartInfo start = new("iasl", ["-p", path, path + ".asl"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process compiler = Process.Start(start)!;
            string said = compiler.StandardOutput.ReadToEnd();
            Assert.That(compiler.WaitForExit(10_000), Is.True, "the compiler does not end");
            Assert.That(compiler.ExitCode, Is.Zero, said);
            return File.ReadAllBytes(path + ".aml");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
