using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MemOS.Primitives;
using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

/// <summary>Files are found in a tar archive as the tools write it, and a broken one ends where it is broken.</summary>
public sealed unsafe class ArchiveTests
{
    private const int BlockBytes = 512;
    private const int SizeAt = 124;
    private const int ChecksumAt = 148;
    private const int KindAt = 156;
    private const int MagicAt = 257;
    private const int PrefixAt = 345;
    private static readonly PhysAddr s_start = PhysAddr.FromTrusted(0x12_3000);

    [Test]
    public void Files_are_found_with_their_bytes()
    {
        byte[] archive = [.. Entry("bin/a", "first"u8), .. Entry("./b", []), .. Entry("c", new byte[BlockBytes]), .. new byte[2 * BlockBytes]];
        Assert.That(Names(archive), Is.EqualTo((string[])["bin/a", "b", "c"]));
        fixed (byte* bytes = archive)
        {
            Archive read = new(bytes, s_start, (ulong)archive.Length);
            Assert.That(read.TryFind("bin/a", out ArchiveEntry entry));
            Assert.That(new Span<byte>(entry.Bytes, (int)entry.SizeBytes).SequenceEqual("first"u8));
            Assert.That(entry.Start, Is.EqualTo(s_start + BlockBytes));
            Assert.That(read.TryFind("bin", out _), Is.False);
            Assert.That(read.TryFind("", out _), Is.False);
            Assert.That(read.TryFind("c", out entry));
            Assert.That(entry.Start, Is.EqualTo(s_start + (ulong)(entry.Bytes - bytes)));
        }
    }

    [Test]
    public void A_long_name_is_put_together_from_its_two_fields()
    {
        string name = new('n', 100);
        string prefix = new('p', 155);
        Assert.That(Names(Entry(name, "x"u8)), Is.EqualTo((string[])[name]), "without a byte of 0 at its end");
        Assert.That(Names(Entry(name, "x"u8, header => Text(prefix).CopyTo(header, PrefixAt))), Is.EqualTo((string[])[prefix + "/" + name]));
        Assert.That(Names(Entry("file", "x"u8, header => Text("./folder").CopyTo(header, PrefixAt))), Is.EqualTo((string[])["folder/file"]));
    }

    [Test]
    public void GNU_s_headers_are_read_and_have_no_second_field()
    {
        byte[] entry = Entry("name", "x"u8, header =>
        {
            "ustar  \0"u8.CopyTo(header.AsSpan(MagicAt));
            "not a prefix"u8.CopyTo(header.AsSpan(PrefixAt));
        });
        Assert.That(Names(entry), Is.EqualTo((string[])["name"]));
    }

    [Test]
    public void What_is_no_ordinary_file_is_left_out()
    {
        List<byte> archive = [];
        foreach (char kind in "123456gx") archive.AddRange(Entry("other" + kind, "content"u8, header => header[KindAt] = (byte)kind));
        archive.AddRange(Entry("old", "x"u8, header => header[KindAt] = 0));
        Assert.That(Names([.. archive]), Is.EqualTo((string[])["old"]));
    }

    [Test]
    public void A_broken_header_ends_the_archive()
    {
        AssertEnds(header => header[ChecksumAt] ^= 1, keepsSum: true);
        AssertEnds(header => header[5] ^= 0x20, keepsSum: true);
        AssertEnds(header => header[MagicAt] = (byte)'x');
        AssertEnds(header => header[MagicAt + 2] = (byte)'x');
        AssertEnds(header => header[SizeAt] = (byte)'8');
        AssertEnds(header => header[SizeAt + 10] = (byte)' ');
        AssertEnds(header => header[SizeAt] = 0x80, because: "a size in binary is beyond what can be loaded");
        AssertEnds(header => Text("77777777777").CopyTo(header, SizeAt));
        AssertEnds(header => Text("00000010001").CopyTo(header, SizeAt), because: "one byte more than there are");
    }

    [Test]
    public void An_archive_that_ends_early_has_the_files_that_are_whole()
    {
        byte[] archive = [.. Entry("a", new byte[700]), .. Entry("b", new byte[10])];
        for (int length = 0; length <= archive.Length; length++)
        {
            int expected = length >= (4 * BlockBytes) + 10 ? 2 : length >= BlockBytes + 700 ? 1 : 0;
            Assert.That(Names(archive[..length]), Has.Count.EqualTo(expected), $"{length} bytes");
        }
    }

    [Test]
    public void Random_changes_end_or_name_what_is_there() => Mutate(100_000, 3);

    [Test]
    [Category("Long")]
    public void A_million_random_changes_end_or_name_what_is_there() => Mutate(1_000_000, 4);

    private static void Mutate(int count, int seed)
    {
        Random random = new(seed);
        int[] found = new int[4];
        for (int round = 0; round < count; round++)
        {
            byte[] archive = [.. Entry("a", new byte[700]), .. Entry("b", new byte[10]), .. Entry("c", [])];
            int header = (new int[] { 0, 3, 5 })[random.Next(3)] * BlockBytes;
            for (int changes = random.Next(1, 4); changes > 0; changes--) archive[header + random.Next(BlockBytes)] = (byte)random.Next(256);
            if (random.Next(2) == 0) Sum(archive.AsSpan(header, BlockBytes));
            int length = random.Next(4) == 0 ? random.Next(archive.Length) : archive.Length;
            int names = Names(archive[..length]).Count; // Checks each entry on the way.
            Assert.That(names, Is.LessThan(found.Length), $"seed {seed}, round {round}");
            found[names]++;
        }

        TestContext.Out.WriteLine($"seed {seed}: none to three files in {string.Join(", ", found)}");
        Assert.That(found, Has.All.Positive);
    }

    private static List<string> Names(byte[] archive)
    {
        List<string> names = [];
        byte[] room = [.. archive, .. Entry("behind", [])]; // What lies behind the end is not the archive's.
        fixed (byte* bytes = room)
        {
            Archive read = new(bytes, s_start, (ulong)archive.Length);
            ulong position = 0;
            for (ulong before = 0; read.TryNext(ref position, out ArchiveEntry entry); before = position)
            {
                Assert.That(position, Is.GreaterThan(before));
                ulong offset = (ulong)(entry.Bytes - bytes);
                Assert.That(offset <= (ulong)archive.Length && entry.SizeBytes <= (ulong)archive.Length - offset, "a file reaches beyond the end");
                names.Add(entry.Name);
            }
        }

        return names;
    }

    private static void AssertEnds(Action<byte[]> change, bool keepsSum = false, string because = "")
    {
        byte[] bad = Entry("bad", new byte[4096]);
        byte[] header = bad[..BlockBytes];
        change(header);
        if (!keepsSum) Sum(header);
        header.CopyTo(bad, 0);
        Assert.That(Names([.. Entry("good", "x"u8), .. bad]), Is.EqualTo((string[])["good"]), because);
    }

    private static byte[] Entry(string name, ReadOnlySpan<byte> content, Action<byte[]>? change = null)
    {
        byte[] header = new byte[BlockBytes];
        Text(name).CopyTo(header, 0);
        Text(Convert.ToString(content.Length, 8).PadLeft(11, '0')).CopyTo(header, SizeAt);
        header[KindAt] = (byte)'0';
        "ustar\000"u8.CopyTo(header.AsSpan(MagicAt));
        change?.Invoke(header);
        Sum(header);
        byte[] blocks = new byte[(content.Length + BlockBytes - 1) / BlockBytes * BlockBytes];
        content.CopyTo(blocks);
        return [.. header, .. blocks];
    }

    // The sum of a header's bytes, its own taken as spaces (POSIX, pax, ustar interchange format).
    private static void Sum(Span<byte> header)
    {
        header.Slice(ChecksumAt, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in header) sum += value;
        Text(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[ChecksumAt..]);
    }

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);
}
