using System.IO;
using System.Text.Json.Nodes;
using MemOS.Lab;
using NUnit.Framework;
using static MemOS.Tests.Fakes.AcpiBytes;

namespace MemOS.Tests.Lab;

/// <summary><c>lab zones</c>, its output compared with layouts computed by hand.</summary>
public sealed class ZonesLabTests
{
    private const ulong MiB = 1 << 20;
    private const ulong GiB = 1 << 30;

    /// <summary>A machine of 6 GiB: 3 GiB below the devices, 3 GiB above 4 GiB.</summary>
    private const string SixGiB = """
        [    0.000000] Linux version 6.1.0
        [    0.000000] BIOS-provided physical RAM map:
        [    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
        [    0.000000] BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
        [    0.000000] BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved
        [    0.000000] BIOS-e820: [mem 0x0000000000100000-0x00000000bffdefff] usable
        [    0.000000] BIOS-e820: [mem 0x00000000bffdf000-0x00000000bfffffff] ACPI data
        [    0.000000] BIOS-e820: [mem 0x00000000fffc0000-0x00000000ffffffff] reserved
        [    0.000000] BIOS-e820: [mem 0x0000000100000000-0x00000001bfffffff] usable
        [    0.000000] BIOS-e820: [mem 0x000000fd00000000-0x000000ffffffffff] reserved
        [    0.000000] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved
        """;

    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("memos-lab").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_contracts_example()
    {
        const string Map = """
            BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable
            BIOS-e820: [mem 0x0000000000100000-0x0000000000ffffff] usable
            """;
        Assert.That(Zones("linux", Map), Is.EqualTo(Nodes("""[{"zone":"DMA","firstFrame":1,"lastFrame":4095,"presentPages":3999}]""")));
    }

    [Test]
    public void Without_tables_there_is_one_node() => Assert.That(Zones("linux", SixGiB), Is.EqualTo(Nodes("""
        [{"zone":"DMA","firstFrame":1,"lastFrame":4095,"presentPages":3998},
         {"zone":"DMA32","firstFrame":4096,"lastFrame":786398,"presentPages":782303},
         {"zone":"Normal","firstFrame":1048576,"lastFrame":1835007,"presentPages":786432}]
        """)));

    [TestCase("veridian", """[{"zone":"DMA","firstFrame":0,"lastFrame":4095,"presentPages":3999},{"zone":"Normal","firstFrame":4096,"lastFrame":1835007,"presentPages":1568735}]""")]
    [TestCase("lld", """[{"zone":"DMA","firstFrame":0,"lastFrame":158,"presentPages":159},{"zone":"Low","firstFrame":256,"lastFrame":4095,"presentPages":3840},{"zone":"Normal","firstFrame":4096,"lastFrame":786398,"presentPages":782303},{"zone":"High","firstFrame":1048576,"lastFrame":1835007,"presentPages":786432}]""")]
    [TestCase("coal", """[{"zone":"Low","firstFrame":0,"lastFrame":158,"presentPages":159},{"zone":"Normal","firstFrame":256,"lastFrame":229375,"presentPages":229120},{"zone":"High","firstFrame":229376,"lastFrame":1835007,"presentPages":1343455}]""")]
    [TestCase("valen", """[{"zone":"Normal","firstFrame":512,"lastFrame":1835007,"presentPages":1572319}]""")]
    public void Each_preset_cuts_memory_its_own_way(string preset, string zones) => Assert.That(Zones(preset, SixGiB), Is.EqualTo(Nodes(zones)));

    [Test]
    public void Zones_are_split_between_nodes()
    {
        // Node 0 has 1 GiB, node 1 the rest; node 2 has processors only.
        byte[] srat = Srat(
            Processor(0, 0), Processor(1, 1), Processor(2, 2),
            Ram(0, 0, 0xA0000), Ram(0, MiB, GiB - MiB), Ram(1, GiB, 2 * GiB), Ram(1, 4 * GiB, 3 * GiB));
        Assert.That(Zones("linux", SixGiB, srat, Slit(10, 20, 30, 20, 10, 20, 30, 20, 10)), Is.EqualTo(Nodes(
            """[{"zone":"DMA","firstFrame":1,"lastFrame":4095,"presentPages":3998},{"zone":"DMA32","firstFrame":4096,"lastFrame":262143,"presentPages":258048}]""",
            """[{"zone":"DMA32","firstFrame":262144,"lastFrame":786398,"presentPages":524255},{"zone":"Normal","firstFrame":1048576,"lastFrame":1835007,"presentPages":786432}]""",
            "[]")));
    }

    [Test]
    public void Partly_usable_pages_are_dropped_and_the_stricter_kind_wins()
    {
        const string Map = """
            BIOS-e820: [mem 0x0000000001000000-0x0000000001ffffff] usable
            BIOS-e820: [mem 0x0000000000000000-0x0000000000001fff] usable
            BIOS-e820: [mem 0x0000000001800800-0x00000000018017ff] unusable
            BIOS-e820: [mem 0x0000000003000001-0x0000000003001ffe] usable
            """;
        Assert.That(Zones("linux", Map), Is.EqualTo(Nodes("""
            [{"zone":"DMA","firstFrame":1,"lastFrame":1,"presentPages":1},
             {"zone":"DMA32","firstFrame":4096,"lastFrame":8191,"presentPages":4094}]
            """)));
    }

    [Test]
    public void A_broken_table_makes_one_node_and_a_note()
    {
        byte[] srat = Srat(Ram(0, 0, GiB), Ram(1, GiB, 6 * GiB));
        Assert.That(Run("linux", SixGiB, out string notes, srat), Does.Contain("\"node\":1"));
        Assert.That(notes, Is.Empty);

        srat[9]++;
        Assert.That(Zones("linux", SixGiB, srat, null, out notes), Is.EqualTo(Zones("linux", SixGiB)));
        Assert.That(notes, Is.EqualTo("note: the SRAT is broken: wrong checksum; the memory counts as one node"));
        Assert.That(Zones("linux", SixGiB, srat[..40], null, out notes), Is.EqualTo(Zones("linux", SixGiB)));
        Assert.That(notes, Is.EqualTo("note: the SRAT is broken: the file is shorter than the table; the memory counts as one node"));
    }

    [Test]
    public void The_text_says_the_same()
    {
        string text = Run("linux", SixGiB, out _, Srat(Processor(0, 0), Ram(0, 0, GiB), Ram(1, GiB, 6 * GiB)), json: false);
        Assert.That(text, Does.Contain("node 0, 1 processors, 262047 pages, distances 10 20"));
        Assert.That(text, Does.Contain("  DMA                 1            4095            3998    15992 KiB"));
    }

    [TestCase("BIOS-e820: [mem 0x0000000000001000-0x0000000000000fff] usable")]
    [TestCase("BIOS-e820: [mem 0x0-0x1000] usabel")]
    [TestCase("BIOS-e820: [mem 0x0] usable")]
    [TestCase("BIOS-e820: 0x0-0x1000 usable")]
    [TestCase("BIOS-e820: [mem 0x0-0xg] usable")]
    [TestCase("nothing")]
    [TestCase("")]
    public void A_map_that_cannot_be_read_is_an_error(string map)
    {
        File.WriteAllText(InFolder("map"), map);
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["zones", "--e820", InFolder("map"), "--json"], TextWriter.Null, notes), Is.EqualTo(1));
        Assert.That(notes.ToString(), Does.StartWith("error: " + InFolder("map")));
    }

    [Test]
    public void A_missing_file_or_preset_is_an_error()
    {
        File.WriteAllText(InFolder("map"), SixGiB);
        Assert.That(LabProgram.Run(["zones", "--e820", InFolder("none")], TextWriter.Null, TextWriter.Null), Is.EqualTo(1));
        Assert.That(LabProgram.Run(["zones", "--e820", InFolder("map"), "--preset", "none"], TextWriter.Null, TextWriter.Null), Is.EqualTo(1));
    }

    private static string Nodes(params string[] zones)
    {
        JsonArray nodes = [];
        for (int node = 0; node < zones.Length; node++) nodes.Add(new JsonObject { ["node"] = node, ["zones"] = JsonNode.Parse(zones[node]) });
        return new JsonObject { ["nodes"] = nodes }.ToJsonString();
    }

    private string Zones(string preset, string map, byte[]? srat = null, byte[]? slit = null)
    {
        string json = Zones(preset, map, srat, slit, out string notes);
        Assert.That(notes, Is.Empty);
        return json;
    }

    private string Zones(string preset, string map, byte[]? srat, byte[]? slit, out string notes) => Run(preset, map, out notes, srat, slit);

    private string Run(string preset, string map, out string notes, byte[]? srat = null, byte[]? slit = null, bool json = true)
    {
        File.WriteAllText(InFolder("map"), map);
        string[] arguments = ["zones", "--e820", InFolder("map"), "--preset", preset];
        if (json) arguments = [.. arguments, "--json"];
        if (srat != null) arguments = [.. arguments, "--srat", WithBytes("srat", srat)];
        if (slit != null) arguments = [.. arguments, "--slit", WithBytes("slit", slit)];
        StringWriter output = new();
        StringWriter written = new();
        Assert.That(LabProgram.Run(arguments, output, written), Is.Zero, written.ToString());
        notes = written.ToString().Trim();
        return output.ToString().Trim();
    }

    private string WithBytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(InFolder(name), bytes);
        return InFolder(name);
    }

    private string InFolder(string name) => Path.Combine(_folder, name);
}
