using Cosmos.Build.Images;
using Cosmos.Build.Machines;
using Cosmos.Build.Tools;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class KernelCommandLineTests
{
    [TestCase("", new string[0])]
    [TestCase("  zones=coal   heap.check=on ", new[] { "zones=coal", "heap.check=on" })]
    [TestCase("exec=\"mem; zones\" seed=1", new[] { "exec=mem; zones", "seed=1" })]
    [TestCase("a='b \"c\" d'", new[] { "a=b \"c\" d" })]
    [TestCase("a=''", new[] { "a=" })]
    public void Splits_as_a_shell_does(string text, string[] words)
        => Assert.That(KernelCommandLine.Split(text), Is.EqualTo(words));

    [TestCase("exec=\"mem", "unclosed \"")]
    [TestCase("a='b", "unclosed '")]
    [TestCase("a=1\nb=2", "control character")]
    public void Refuses_what_no_menu_entry_can_hold(string text, string reason)
        => Assert.That(() => KernelCommandLine.Split(text), Throws.TypeOf<ToolException>().With.Message.Contains(reason));

    [Test]
    public void The_menu_quotes_each_word()
    {
        string menu = GrubMenu.Render("MemOS", "a=1 exec=\"it's; $HOME\"", default);
        Assert.That(menu, Does.Contain(@"multiboot2 /boot/memos.elf 'a=1' 'exec=it'\''s; $HOME'; then"));
    }

    [Test]
    public void The_menu_tells_in_KiB_what_the_kernel_needs()
        => Assert.That(GrubMenu.Render("MemOS", "", new MemorySize(5 << 20)), Does.Match(" multiboot2 /boot/refusal.bin 5120\n +boot\n"));

    [Test]
    public void The_menu_starts_its_entry_at_once()
        => Assert.That(GrubMenu.Render("MemOS", "", default), Does.StartWith("set timeout=0\n").And.Contain("menuentry 'MemOS'"));
}
