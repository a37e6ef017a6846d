using System.IO;
using IL2CPU.Binding;
using NUnit.Framework;

namespace MemOS.Tests.Docs;

/// <summary>docs/plugs.md is what the image was built with.</summary>
[TestFixture]
public sealed class PlugPageTests
{
    [Test]
    [Category("Image")]
    public void The_page_lists_the_plugs_of_the_image()
    {
        string list = Path.Combine(DocumentationTree.Root, "artifacts", "memos", "plugs.json");
        Assert.That(list, Does.Exist, "it is made by a build without -p:CosmosImage=false");
        Assert.That(DocumentationTree.Read("docs/plugs.md"), Is.EqualTo(PlugPage.Create(PlugListEntry.Read(list))), "./memos plugs writes the page");
    }

    [Test]
    public void Types_are_written_as_in_CSharp()
    {
        PlugListEntry entry = new(
            "System.Exception.Get(System.IntPtr[]&,A.B/C&,System.Byte*)", "System.Private.CoreLib", "Kit.ExceptionPlug.Get(System.Exception)", "Kit", null, null, []);
        Assert.That(PlugPage.Create([entry]), Does.Contain(
            "| `System.Exception.Get(ref nint[], ref C, byte*)` | System.Private.CoreLib | `Kit.ExceptionPlug` | C# |\n"));
    }

    [Test]
    public void An_assembler_plug_names_its_body_and_what_it_keeps_out()
    {
        PlugListEntry entry = new("Cpu.Halt()", "Kernel", "My.CpuPlug.Halt()", "My.Plugs", "plug.Cpu.Halt", "My.CpuPlug/HaltBody", (string[])["Old.Halt() (Old)"]);
        string page = PlugPage.Create([entry]);
        Assert.That(page, Does.Contain("| `Cpu.Halt()` | Kernel | `My.CpuPlug` | X#, `HaltBody` |\n"));
        Assert.That(page, Does.Contain("`Cpu.Halt()` keeps out `Old.Halt() (Old)`."));
    }
}
