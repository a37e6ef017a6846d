using System;
using System.IO;
using Cosmos.Build.Images;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

/// <summary>Images, made by the tools that make them.</summary>
[Category("Image")]
public sealed class IsoImageTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("memos-iso-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_same_inputs_give_the_same_bytes_in_another_folder_at_another_time()
    {
        string kernel = Path.Combine(_folder, "a=b kernel.elf");
        File.Copy(TestImage.Kernel, kernel);
        File.SetLastWriteTimeUtc(kernel, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        string iso = Path.Combine(_folder, "other.iso");
        new IsoImage { KernelPath = kernel, CacheFolder = Path.Combine(_folder, "cache") }.Write(iso);
        Assert.That(File.ReadAllBytes(iso).AsSpan().SequenceEqual(File.ReadAllBytes(TestImage.Iso)), "the images differ");
    }

    [Test]
    public void The_command_line_is_the_only_difference()
    {
        string iso = Path.Combine(_folder, "told.iso");
        TestImage.Image("seed=1").Write(iso);
        byte[] told = File.ReadAllBytes(iso);
        byte[] plain = File.ReadAllBytes(TestImage.Iso);
        Assert.That(told, Has.Length.EqualTo(plain.Length));
        Assert.That(told.AsSpan().IndexOf("memos.elf 'seed=1'; then"u8), Is.Positive);
        Assert.That(plain.AsSpan().IndexOf("seed=1"u8), Is.Negative);
    }

    [Test]
    public void The_boot_loader_takes_less_than_4_MiB()
        => Assert.That(new FileInfo(TestImage.Iso).Length - new FileInfo(TestImage.Kernel).Length, Is.LessThan(4 << 20));

    [Test]
    public void A_missing_kernel_leaves_the_old_image_alone()
    {
        string iso = Path.Combine(_folder, "old.iso");
        File.WriteAllText(iso, "old");
        IsoImage image = new() { KernelPath = Path.Combine(_folder, "none.elf"), CacheFolder = TestImage.Cache };
        Assert.That(() => image.Write(iso), Throws.TypeOf<ToolException>().With.Message.Contains("none.elf"));
        Assert.That(File.ReadAllText(iso), Is.EqualTo("old"));
    }

    [Test]
    public void A_missing_tool_is_named_with_its_package()
        => Assert.That(
            () => new ExternalTool("no-such-tool", "its-package").Run([]),
            Throws.TypeOf<ToolException>().With.Message.EqualTo(
                "no-such-tool is not installed: it is in Debian's package its-package (./memos setup installs it)"));
}
