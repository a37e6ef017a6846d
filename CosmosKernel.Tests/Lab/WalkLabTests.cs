using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using MemOS.Lab;
using MemOS.Lab.Paging;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary><c>lab walk</c> and <c>lab tables</c>.</summary>
public sealed class WalkLabTests
{
    private string _folder = null!;
    private string _image = null!;

    private static IEnumerable<string> Formats => FormatRegistry.Names;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("memos-lab").FullName;
        _image = Path.Combine(_folder, "memory");
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    // Entries put together by hand (Intel SDM vol. 3A, tables 4-15 to 4-20): 0x80c0_3456 has the indices 0, 2, 6 and 3.
    [TestCase("0x80c03456", """{"result":"ok","physical":"0x9456","pageBytes":4096,"flags":["present","writable","user"]}""", new[] { 0, 2, 6, 3 })]
    [TestCase("0x80e12345", """{"result":"ok","physical":"0x40012345","pageBytes":2097152,"flags":["present","global","executable"]}""", new[] { 0, 2, 7 })]
    [TestCase("0x80c04000", """{"result":"notMapped"}""", new[] { 0, 2, 6, 4 })]
    [TestCase("0x80a00000", """{"result":"reservedBitSet"}""", new[] { 0, 2, 5 })]
    [TestCase("0x800000000000", """{"result":"nonCanonical"}""", new int[0])]
    public void Tables_written_by_hand_are_walked_as_the_manual_says(string address, string end, int[] indices)
    {
        byte[] memory = new byte[0x6000];
        Put(memory, 0x1000, 0, 0x2007);
        Put(memory, 0x2000, 2, 0x3007);
        Put(memory, 0x3000, 5, 0x0000_0000_4000_2083);
        Put(memory, 0x3000, 6, 0x8000_0000_0000_4007);
        Put(memory, 0x3000, 7, 0x4000_0181);
        Put(memory, 0x4000, 3, 0x9007);
        File.WriteAllBytes(_image, memory);

        JsonObject walk = Walk("x64-4level", "0x1000", address);
        JsonArray steps = walk["steps"]!.AsArray();
        Assert.That(steps.Select(step => (int)step!["index"]!), Is.EqualTo(indices));
        Assert.That(steps.Select(step => (int)step!["level"]!), Is.EqualTo(new[] { 4, 3, 2, 1 }.Take(indices.Length)));
        foreach (string name in new[] { "format", "address", "steps" }) walk.Remove(name);
        Assert.That(walk.ToJsonString(), Is.EqualTo(end));
    }

    [TestCaseSource(nameof(Formats))]
    public void What_tables_are_made_of_is_what_a_walk_of_them_finds(string format)
    {
        // The upper half of what the format has, as the format's name and width tell it.
        ulong start = format.Contains("upper", StringComparison.Ordinal) ? 0xFFFF_8000_4000_0000 : 0x4000_0000;
        string root = Lab("tables", "--memory", _image, "--format", format, "--map", $"0x{start:x}=0x10000000,64M,rw", "--size", "2M").Split(',')[0];
        Assert.That(root, Is.EqualTo("root at P:0x10000"));
        for (ulong offset = 0x123; offset < 64 << 20; offset += 0x9A_4321)
        {
            JsonObject walk = Walk(format, "P:0x10000", $"V:0x{start + offset:x}");
            Assert.That((string)walk["physical"]!, Is.EqualTo($"0x{0x1000_0000 + offset:x}"));
            Assert.That(walk["flags"]!.AsArray().Select(flag => (string)flag!), Does.Contain("writable").And.Not.Contain("user"));
        }

        Assert.That((string)Walk(format, "P:0x10000", $"V:0x{start - 1:x}")["result"]!, Is.EqualTo("notMapped"));
    }

    [Test]
    public void A_memory_may_begin_anywhere()
    {
        byte[] memory = new byte[0x1000];
        Put(memory, 0, 1, 0x8000_0000 >> 12 << 10 | 0b1111);
        File.WriteAllBytes(_image, memory);
        JsonObject walk = Walk("sv39", "0x90000000", "0x40000010", "--start", "0x90000000");
        Assert.That((string)walk["physical"]!, Is.EqualTo("0x80000010"));
    }

    [TestCase(new[] { "--format", "x64", "--root", "0", "--address", "0" }, "there is no format 'x64': x86-2level, ")]
    [TestCase(new[] { "--format", "sv39", "--root", "0", "--address", "0" }, "P:0x1000 is not in the memory, which goes from P:0x0 to P:0x1000")]
    [TestCase(new[] { "--format", "sv39", "--root", "zero", "--address", "0" }, "'zero' is not an address")]
    public void What_cannot_be_walked_is_said(string[] arguments, string reason)
    {
        byte[] memory = new byte[0x1000];
        Put(memory, 0, 0, 0x1000 >> 12 << 10 | 1);
        File.WriteAllBytes(_image, memory);
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["walk", "--memory", _image, .. arguments], TextWriter.Null, notes), Is.EqualTo(1));
        Assert.That(notes.ToString(), Does.StartWith("error: " + reason));
    }

    [TestCase("0x1000=0x1000,4K,rwx", "'0x1000=0x1000,4K,rwx' cannot be mapped: WritableAndExecutable")]
    [TestCase("0=0x1000,4K,r", "'0=0x1000,4K,r' cannot be mapped: NullPage")]
    [TestCase("0x1000=0x1000,4K", "'0x1000=0x1000,4K' is not ADDR=TARGET,SIZE,RIGHTS, as in ")]
    [TestCase("0x1000=0x1000,4K,q", "'q' is no right: ")]
    public void What_cannot_be_mapped_is_said(string order, string reason)
    {
        StringWriter notes = new();
        Assert.That(LabProgram.Run(["tables", "--memory", _image, "--format", "sv39", "--map", order], TextWriter.Null, notes), Is.EqualTo(1));
        Assert.That(notes.ToString(), Does.StartWith("error: " + reason));
    }

    private JsonObject Walk(string format, string root, string address, params string[] more) =>
        JsonNode.Parse(Lab(["walk", "--memory", _image, "--format", format, "--root", root, "--address", address, "--json", .. more]))!.AsObject();

    private static string Lab(params string[] arguments)
    {
        StringWriter output = new();
        StringWriter notes = new();
        Assert.That(LabProgram.Run(arguments, output, notes), Is.Zero, notes.ToString());
        return output.ToString();
    }

    private static void Put(byte[] memory, int table, int index, ulong entry) =>
        BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(table + (index * sizeof(ulong))), entry);
}
