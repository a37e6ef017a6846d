using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>The kit's factory makes the kernel's class.</summary>
public class KernelEntryTests : BinderTest
{
    private const string Kit = "namespace Cosmos.System { public abstract class Kernel { protected abstract void Run(); } "
        + "public static class KernelFactory { [PlugMethod(PlugRequired = true)] public static Kernel Create() => throw new global::System.Exception(); } }";

    private const string Kernel = "public class MyKernel : Cosmos.System.Kernel { protected override void Run() { } }";

    [Test]
    public void The_factory_creates_the_one_kernel_class()
    {
        BindKernel(Kernel + "public abstract class Base : Cosmos.System.Kernel { }");
        Assert.That(Create().GetType().FullName, Is.EqualTo("MyKernel"));
    }

    [Test]
    public void Boot_entries_run_in_order_before_the_kernel_is_made()
    {
        BindKernel("public class MyKernel : Cosmos.System.Kernel { public MyKernel() { Log.Text += \"k\"; } protected override void Run() { } }"
            + "public static class Log { public static string Text = \"\"; [BootEntry(2)] public static void B() => Text += \"b\"; [BootEntry(1)] public static void A() => Text += \"a\"; }");
        _ = Create();
        Assert.That(LoadBound("Target").GetType("Log")!.GetField("Text")!.GetValue(null), Is.EqualTo("abk"));
    }

    [Test]
    public void No_kernel_class_is_an_error()
    {
        BindKernel("public class NotAKernel { Cosmos.System.Kernel k; }");
        AssertError("IL2CPU007", "Target.dll", "Cosmos.System.Kernel");
    }

    [Test]
    public void Two_kernel_classes_are_an_error_that_names_both()
    {
        BindKernel(Kernel + "\npublic class Other : MyKernel { protected override void Run() { } }");
        AssertError("IL2CPU007", "/_/Target.cs(2)", "MyKernel", "Other");
    }

    [Test]
    public void A_kernel_class_that_cannot_be_made_is_an_error()
    {
        BindKernel("public class MyKernel : Cosmos.System.Kernel { public MyKernel(int x) { } protected override void Run() { } }");
        AssertError("IL2CPU007", "/_/Target.cs(1)", "MyKernel", "constructor");
    }

    [Test]
    public void A_boot_entry_that_takes_parameters_is_an_error()
    {
        BindKernel(Kernel + "public static class Log { [BootEntry] public static void A(int x) { } }");
        AssertError("IL2CPU013", "/_/Target.cs(1)", "Log.A(System.Int32)", "BootEntry");
    }

    private void BindKernel(string source)
    {
        string kit = Compile("Cosmos.System2", Kit);
        BindFiles(Compile("Target", source, kit), [], kit);
    }

    private object Create()
    {
        return LoadBound("Cosmos.System2").GetType("Cosmos.System.KernelFactory")!.GetMethod("Create")!.Invoke(null, null)!;
    }
}
