using System;
using System.Text;
using Cosmos.Core.Multiboot;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
[NonParallelizable]
public sealed unsafe class Multiboot2Tests
{
    private static readonly byte[] s_rsdp1 = Encoding.ASCII.GetBytes("RSD PTR old-20-bytes");
    private static readonly byte[] s_rsdp2 = Encoding.ASCII.GetBytes("RSD PTR new-36-bytes................");

    [Test]
    public void Everything_a_boot_loader_says_is_read()
    {
        byte[] block = new MultibootBlock()
            .Text(1, "exec=\"mem; poweroff\"")
            .Text(2, "GRUB 2.06")
            .Tag(3, MultibootBlock.U32(0x20_0000), MultibootBlock.U32(0x20_1234), "initrd\0"u8.ToArray())
            .Tag(4, MultibootBlock.U32(639), MultibootBlock.U32(130048))
            .Map((0, 0x9FC00, 1), (0x9FC00, 0x400, 2), (0x10_0000, 0x7EE_0000, 1))
            .Tag(8, Framebuffer(1, 16, 8, 8, 8, 0, 8))
            .Tag(14, s_rsdp1)
            .Tag(15, s_rsdp2)
            .Tag(17, new byte[56])
            .End()
            .ToBytes();

        Assert.That(Read(block), Is.EqualTo(MultibootStatus.Ok));
        Assert.Multiple(() =>
        {
            Assert.That(Text(Multiboot2.CommandLine), Is.EqualTo("exec=\"mem; poweroff\""));
            Assert.That(Multiboot2.CommandLineLength, Is.EqualTo(20));
            Assert.That(Text(Multiboot2.BootLoaderName), Is.EqualTo("GRUB 2.06"));
            Assert.That(Multiboot2.ModuleCount, Is.EqualTo(1));
            Assert.That(Multiboot2.GetModule(0).Start, Is.EqualTo(0x20_0000));
            Assert.That(Multiboot2.GetModule(0).End, Is.EqualTo(0x20_1234));
            Assert.That(Multiboot2.MemoryLowerKiB, Is.EqualTo(639));
            Assert.That(Multiboot2.MemoryUpperKiB, Is.EqualTo(130048));
            Assert.That(Multiboot2.MemoryMapCount, Is.EqualTo(3));
            Assert.That(Multiboot2.MemoryMap[1].Address, Is.EqualTo(0x9FC00));
            Assert.That(Multiboot2.MemoryMap[1].Length, Is.EqualTo(0x400));
            Assert.That(Multiboot2.MemoryMap[1].Type, Is.EqualTo(2));
            Assert.That(Multiboot2.UsableBytes, Is.EqualTo(0x9FC00 + 0x7EE_0000));
            Assert.That(Multiboot2.HasFramebuffer);
            Assert.That(Multiboot2.Framebuffer.Address, Is.EqualTo(0xFD00_0000));
            Assert.That(Multiboot2.Framebuffer.PitchBytes, Is.EqualTo(4096));
            Assert.That(Multiboot2.Framebuffer.Width, Is.EqualTo(1024));
            Assert.That(Multiboot2.Framebuffer.Height, Is.EqualTo(768));
            Assert.That(Multiboot2.Framebuffer.BitsPerPixel, Is.EqualTo(32));
            Assert.That(Multiboot2.Framebuffer.RedPosition, Is.EqualTo(16));
            Assert.That(Multiboot2.Framebuffer.BlueBits, Is.EqualTo(8));
            Assert.That(Multiboot2.AcpiRsdpLength, Is.EqualTo(36));
            Assert.That(new Span<byte>(Multiboot2.AcpiRsdp, 36).ToArray(), Is.EqualTo(s_rsdp2));
            Assert.That(Multiboot2.HasEfiMemoryMap);
            Assert.That(Multiboot2.InfoSizeBytes, Is.EqualTo(block.Length));
        });
    }

    [Test]
    public void An_older_ACPI_tag_does_not_replace_the_newer()
    {
        _ = Read(new MultibootBlock().Tag(15, s_rsdp2).Tag(14, s_rsdp1).End().ToBytes());
        Assert.That(Multiboot2.AcpiRsdpLength, Is.EqualTo(36));
        Assert.That(new Span<byte>(Multiboot2.AcpiRsdp, 36).ToArray(), Is.EqualTo(s_rsdp2));
    }

    [Test]
    public void Nothing_is_left_of_an_earlier_block()
    {
        _ = Read(new MultibootBlock().Text(1, "first").Map((0, 4096, 1)).Tag(14, s_rsdp1).Tag(8, Framebuffer(2)).End().ToBytes());
        _ = Read(new MultibootBlock().End().ToBytes());
        Assert.Multiple(() =>
        {
            Assert.That(Text(Multiboot2.CommandLine), Is.Empty);
            Assert.That(Multiboot2.MemoryMapCount, Is.Zero);
            Assert.That(Multiboot2.HasFramebuffer, Is.False);
            Assert.That(Multiboot2.AcpiRsdp == null);
        });
    }

    [Test]
    public void An_address_that_no_boot_loader_gives_is_refused()
    {
        Assert.That(Multiboot2.Init(0), Is.EqualTo(MultibootStatus.BadAddress));
        Assert.That(Multiboot2.Init(12), Is.EqualTo(MultibootStatus.BadAddress));
        Assert.That(Multiboot2.MemoryMapCount, Is.Zero);
    }

    [TestCase(0u)]
    [TestCase(15u)]
    [TestCase(0xFFFF_FFFFu)]
    public void An_impossible_total_size_is_refused(uint totalSize)
    {
        byte[] block = new MultibootBlock().Map((0, 4096, 1)).End().ToBytes();
        MultibootBlock.U32(totalSize).CopyTo(block, 0);
        Assert.That(Read(block), Is.EqualTo(MultibootStatus.BadTotalSize));
        Assert.That(Multiboot2.MemoryMapCount, Is.Zero);
    }

    [TestCase(0u)]
    [TestCase(7u)]
    [TestCase(9999u)]
    [TestCase(0xFFFF_FFFFu)]
    public void A_tag_of_an_impossible_size_ends_the_list_and_keeps_what_came_before(uint size)
    {
        byte[] block = new MultibootBlock().Text(1, "kept").RawTag(6, size, new byte[40]).End().ToBytes();
        Assert.That(Read(block), Is.EqualTo(MultibootStatus.BadTag));
        Assert.That(Text(Multiboot2.CommandLine), Is.EqualTo("kept"));
        Assert.That(Multiboot2.MemoryMapCount, Is.Zero);
    }

    [Test]
    public void A_list_without_its_end_is_read_to_its_last_tag()
    {
        Assert.That(Read(new MultibootBlock().Text(1, "last").ToBytes()), Is.EqualTo(MultibootStatus.NoEndTag));
        Assert.That(Text(Multiboot2.CommandLine), Is.EqualTo("last"));
    }

    [TestCase(3u, 0)]
    [TestCase(3u, 7)]
    [TestCase(4u, 7)]
    [TestCase(6u, 0)]
    [TestCase(6u, 4)]
    [TestCase(8u, 0)]
    [TestCase(8u, 22)]
    [TestCase(14u, 19)]
    [TestCase(15u, 35)]
    public void A_tag_too_short_for_its_kind_is_left_out(uint type, int bodyBytes)
    {
        byte[] block = new MultibootBlock().Tag(type, new byte[bodyBytes]).Text(2, "after").End().ToBytes();
        Assert.That(Read(block), Is.EqualTo(MultibootStatus.Ok));
        Assert.Multiple(() =>
        {
            Assert.That(Multiboot2.ModuleCount, Is.Zero);
            Assert.That(Multiboot2.MemoryMapCount, Is.Zero);
            Assert.That(Multiboot2.HasFramebuffer, Is.False);
            Assert.That(Multiboot2.AcpiRsdpLength, Is.Zero);
            Assert.That(Text(Multiboot2.BootLoaderName), Is.EqualTo("after"));
        });
    }

    [Test]
    public void An_RGB_screen_without_its_colours_is_left_out_and_a_text_screen_needs_none()
    {
        _ = Read(new MultibootBlock().Tag(8, Framebuffer(1)).End().ToBytes());
        Assert.That(Multiboot2.HasFramebuffer, Is.False);
        _ = Read(new MultibootBlock().Tag(8, Framebuffer(2)).End().ToBytes());
        Assert.That(Multiboot2.HasFramebuffer);
        Assert.That(Multiboot2.Framebuffer.Kind, Is.EqualTo(FramebufferKind.Text));
    }

    [TestCase(0u)]
    [TestCase(20u)]
    [TestCase(28u)]
    public void A_memory_map_with_impossible_entries_is_left_out(uint entrySize)
    {
        byte[] block = new MultibootBlock().Tag(6, MultibootBlock.U32(entrySize), MultibootBlock.U32(0), new byte[96]).End().ToBytes();
        Assert.That(Read(block), Is.EqualTo(MultibootStatus.Ok));
        Assert.That(Multiboot2.MemoryMapCount, Is.Zero);
    }

    [Test]
    public void Longer_memory_map_entries_are_read_by_their_own_size()
    {
        byte[] entry(ulong address) => MultibootBlock.Join(
            MultibootBlock.U64(address), MultibootBlock.U64(4096), MultibootBlock.U32(1), new byte[12]);
        _ = Read(new MultibootBlock()
            .Tag(6, MultibootBlock.U32(32), MultibootBlock.U32(1), entry(0x1000), entry(0x8000), new byte[16])
            .End().ToBytes());
        Assert.That(Multiboot2.MemoryMapCount, Is.EqualTo(2));
        Assert.That(Multiboot2.MemoryMap[1].Address, Is.EqualTo(0x8000));
        Assert.That((Multiboot2.LoaderMapCount, Multiboot2.LoaderMapEntryBytes), Is.EqualTo((2, 32u)));
    }

    [Test]
    public void Empty_ranges_are_dropped_and_a_range_past_the_end_of_addresses_is_cut()
    {
        _ = Read(new MultibootBlock().Map((0x1000, 0, 1), (ulong.MaxValue - 0xFFF, 0x10000, 2)).End().ToBytes());
        Assert.That(Multiboot2.MemoryMapCount, Is.EqualTo(1));
        Assert.That(Multiboot2.MemoryMap[0].Address + Multiboot2.MemoryMap[0].Length, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void A_map_longer_than_what_is_kept_is_cut_and_says_so()
    {
        var entries = new (ulong, ulong, uint)[Multiboot2.MaxMemoryMapCount + 1];
        Array.Fill(entries, (0x1000ul, 0x1000ul, 1u));
        _ = Read(new MultibootBlock().Map(entries[1..]).End().ToBytes());
        Assert.That(Multiboot2.MemoryMapIsTruncated, Is.False);
        _ = Read(new MultibootBlock().Map(entries).Text(1, "intact").End().ToBytes());
        Assert.That(Multiboot2.MemoryMapIsTruncated);
        Assert.That(Multiboot2.MemoryMapCount, Is.EqualTo(Multiboot2.MaxMemoryMapCount));
        Assert.That(Multiboot2.LoaderMapCount, Is.EqualTo(Multiboot2.MaxMemoryMapCount + 1), "what is not kept is still in the block");
        Assert.That(Text(Multiboot2.CommandLine), Is.EqualTo("intact"));
    }

    [Test]
    public void Text_without_its_zero_and_text_too_long_are_cut()
    {
        _ = Read(new MultibootBlock().Tag(1, "abcdefgh"u8.ToArray()).End().ToBytes());
        Assert.That(Text(Multiboot2.CommandLine), Is.EqualTo("abcdefgh"));
        _ = Read(new MultibootBlock().Text(1, new string('x', 5000)).Map((0, 4096, 1)).End().ToBytes());
        Assert.That(Multiboot2.CommandLineLength, Is.EqualTo(Multiboot2.MaxCommandLineBytes - 1));
        Assert.That(Text(Multiboot2.CommandLine), Has.Length.EqualTo(Multiboot2.MaxCommandLineBytes - 1));
    }

    [Test]
    public void More_modules_than_are_kept_are_dropped_and_backward_ones_too()
    {
        var block = new MultibootBlock().Tag(3, MultibootBlock.U32(2), MultibootBlock.U32(1));
        for (uint i = 0; i < Multiboot2.MaxModuleCount + 2; i++)
            _ = block.Tag(3, MultibootBlock.U32(i * 16), MultibootBlock.U32(i * 16 + 8));
        _ = Read(block.End().ToBytes());
        Assert.That(Multiboot2.ModuleCount, Is.EqualTo(Multiboot2.MaxModuleCount));
        Assert.That(Multiboot2.GetModule(1).Start, Is.EqualTo(16));
        Assert.That(Multiboot2.GetModule(Multiboot2.MaxModuleCount).End, Is.Zero);
    }

    // What lies behind the block may not be read: GuardedMemory ends the run when it is.
    [Test]
    public void Damaged_blocks_are_read_without_leaving_them([Values(1, 2, 3, 4)] int seed)
    {
        byte[] whole = new MultibootBlock()
            .Text(1, "command line").Text(2, "loader")
            .Tag(3, MultibootBlock.U32(16), MultibootBlock.U32(32))
            .Map((0, 0x9FC00, 1), (0x10_0000, 0x7EE_0000, 1)).Tag(8, Framebuffer(1, 16, 8, 8, 8, 0, 8)).Tag(15, s_rsdp2).End().ToBytes();
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = whole[..random.Next(16, whole.Length + 1)];
            MultibootBlock.U32((uint)damaged.Length).CopyTo(damaged, 0);
            for (int i = random.Next(4); i > 0; i--)
                damaged[random.Next(8, damaged.Length)] = (byte)random.Next(256);
            MultibootStatus status = Read(damaged);
            Assert.That(status, Is.AnyOf(MultibootStatus.Ok, MultibootStatus.BadTag, MultibootStatus.NoEndTag), $"seed {seed}, round {round}");
        }
    }

    private static MultibootStatus Read(byte[] block)
    {
        // The block is gone afterwards: what is asserted on are copies.
        using var memory = new GuardedMemory(block);
        return Multiboot2.Init((nuint)memory.Start);
    }

    private static byte[] Framebuffer(byte kind, params byte[] colors) => MultibootBlock.Join(
        MultibootBlock.U64(0xFD00_0000), MultibootBlock.U32(4096), MultibootBlock.U32(1024), MultibootBlock.U32(768),
        new byte[] { 32, kind, 0, 0 }, colors.Length == 0 ? Array.Empty<byte>() : colors);

    private static string Text(byte* text) => System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)text)!;
}
