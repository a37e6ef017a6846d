using System;
using System.Threading;
using NUnit.Framework;
using XSharp;
using XSharp.Assembler;
using static XSharp.XSRegisters;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Kit.Tests.XSharp;

/// <summary>How bodies become a source file.</summary>
[TestFixture]
public sealed class AssemblerTests
{
    [Test]
    public void A_method_is_a_global_label_its_body_and_a_return([Values(32, 64)] int bits)
    {
        AssemblerInstance assembler = new(bits);
        assembler.EmitMethod("Plug_ReadControl", new ReadControl(), new object());

        string source = assembler.ToSource();
        Assert.That(source, Does.Contain("global Plug_ReadControl\nPlug_ReadControl:\n"));
        string pointer = bits == 64 ? "rax" : "eax";
        Assert.That(Disassembly.Of(Nasm.Assemble(source, bits)[".text"], bits), Is.EqualTo(new[] { $"mov {pointer}, cr3", "ret" }));
    }

    [Test]
    public void Names_defined_nowhere_are_external_and_others_are_not()
    {
        AssemblerInstance assembler = new(64);
        using (assembler.Enter())
        {
            XS.Label("Here");
            XS.Call("Elsewhere");
            XS.Jump("Here");
            XS.Label(".local");
            XS.Jump(".local");
            XS.Set(EAX, "Counter", sourceIsIndirect: true);
            XS.Extern("InLiteralCode");
            XS.LiteralCode("call InLiteralCode");
            XS.DataMember("Counter", 7);
            XS.Const("Seven", "7");
            XS.Set(ECX, "Seven");
            XS.DataMemberBytes("Bytes", new byte[] { 1, 2, 255 });
            XS.Global("Bytes");
        }

        string source = assembler.ToSource();
        Assert.That(source, Does.Contain("extern Elsewhere\n").And.Contain("extern InLiteralCode\n"));
        Assert.That(source, Does.Not.Contain("extern Here").And.Not.Contain("extern .local").And.Not.Contain("extern Counter").And.Not.Contain("extern Seven"));
        Assert.That(Nasm.Assemble(source, 64)[".data"], Is.EqualTo(new byte[] { 7, 0, 0, 0, 1, 2, 255 }));
    }

    [Test]
    public void A_label_cannot_be_defined_twice()
    {
        using (new AssemblerInstance(32).Enter())
        {
            XS.Label("Twice");
            Assert.That(() => XS.Label("Twice"), Throws.InvalidOperationException.With.Message.Contains("'Twice'"));
            Assert.That(() => XS.DataMember("Twice"), Throws.InvalidOperationException.With.Message.Contains("'Twice'"));
        }
    }

    [TestCase("")]
    [TestCase("1st")]
    [TestCase("two words")]
    [TestCase("List<int>")]
    [TestCase("a\nhlt")]
    public void A_name_that_NASM_does_not_take_is_refused(string name)
    {
        using (new AssemblerInstance(32).Enter())
        {
            Assert.That(() => XS.Label(name), Throws.ArgumentException);
            Assert.That(() => XS.Call(name), Throws.ArgumentException);
        }
    }

    [Test]
    public void The_current_assembler_is_the_innermost_one_of_the_thread()
    {
        Assert.That(() => AssemblerInstance.CurrentInstance, Throws.InvalidOperationException);
        AssemblerInstance outer = new(32);
        using (outer.Enter())
        {
            AssemblerInstance inner = new(64);
            using (inner.Enter())
            {
                XS.Noop();
                Assert.That(AssemblerInstance.CurrentInstance, Is.SameAs(inner));
            }

            Assert.That(AssemblerInstance.CurrentInstance, Is.SameAs(outer));
            bool elsewhere = true;
            Thread thread = new(() => elsewhere = HasCurrent());
            thread.Start();
            thread.Join();
            Assert.That(elsewhere, Is.False);
        }

        Assert.That(outer.ToSource(), Does.Not.Contain("nop"));
        Assert.That(() => AssemblerInstance.CurrentInstance, Throws.InvalidOperationException);
    }

    [Test]
    public void Only_32_and_64_bits_exist()
    {
        Assert.That(() => new AssemblerInstance(16), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static bool HasCurrent()
    {
        try
        {
            return AssemblerInstance.CurrentInstance is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private sealed class ReadControl : AssemblerMethod
    {
        public override void AssembleNew(AssemblerInstance aAssembler, object aMethodInfo)
        {
            Register pointer = aAssembler.Bits == 64 ? RAX : EAX;
            XS.Set(pointer, CR3);
        }
    }
}
