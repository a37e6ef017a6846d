using IL2CPU.Binding;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>Every error of binding names both sides, file and member, and nothing is written.</summary>
public class BinderErrorsTests : BinderTest
{
    private const string Body = "class Body : AssemblerMethod { public override void AssembleNew(Assembler a, object m) { } }";

    [Test]
    public void A_missing_target_type()
    {
        Bind("public class T { }", "[Plug(\"No.Such, Target\")] public static class P { public static int F() => 1; }");
        AssertError("IL2CPU001", "/_/Plugs.cs(1)", "P in Plugs.dll", "No.Such, Target");
    }

    [Test]
    public void A_missing_target_assembly()
    {
        Bind("public class T { }", "[Plug(\"No.Such, NoAssembly\")] public static class P { public static int F() => 1; }");
        AssertError("IL2CPU001", "/_/Plugs.cs(1)", "P in Plugs.dll", "No.Such, NoAssembly");
    }

    [Test]
    public void A_plug_that_names_no_target()
    {
        Bind("public class T { }", "[Plug] public static class P { public static int F() => 1; }");
        AssertError("IL2CPU001", "P in Plugs.dll");
    }

    [Test]
    public void A_missing_target_method()
    {
        Bind("public class T { }", "[Plug(typeof(T))] public static class P {\npublic static int F() => 1; }");
        AssertError("IL2CPU002", "/_/Plugs.cs(2)", "P.F() in Plugs.dll", "T in Target.dll", "'F'");
    }

    [Test]
    public void A_missing_static_constructor()
    {
        Bind("public class T { }", "[Plug(typeof(T))] public static class P { public static void CCtor() { } }");
        AssertError("IL2CPU002", "P.CCtor()", "'.cctor'");
    }

    [TestCase("public static int F(long a) => 1;", "System.Int32 F(System.Int64)")]
    [TestCase("public static long F(int a) => 1;", "System.Int64 F(System.Int32)")]
    [TestCase("public static int F(int a, int b) => 1;", "System.Int32 F(System.Int32,System.Int32)")]
    [TestCase("public static int F() => 1;", "System.Int32 F()")]
    [TestCase("public static int F(ref int a) => 1;", "System.Int32 F(System.Int32&)")]
    [TestCase("public static int F<A>(int a) => 1;", "F")]
    [TestCase("public static int F(T aThis, int a) => 1;", "System.Int32 F(T,System.Int32)")]
    public void A_wrong_signature(string plug, string shown)
    {
        Bind("public class T { public static int F(int a) => a; }", "[Plug(typeof(T))] public static class P {\n" + plug + " }");
        AssertError("IL2CPU003", "/_/Plugs.cs(2)", "Plugs.dll", shown, "T in Target.dll", "static System.Int32 F(System.Int32)");
    }

    [TestCase("public static void F(int a) { }")]
    [TestCase("public static void F(string aThis, int a) { }")]
    public void A_wrong_or_missing_instance(string plug)
    {
        Bind("public class T { public void F(int a) { } }", "[Plug(typeof(T))] public static class P { " + plug + " }");
        AssertError("IL2CPU003", "P.F(", "T in Target.dll", "System.Void F(System.Int32)");
    }

    [Test]
    public void A_value_types_instance_by_value()
    {
        Bind("public struct T { public void F() { } }", "[Plug(typeof(T))] public static class P { public static void F(T aThis) { } }");
        AssertError("IL2CPU003", "P.F(T)", "T in Target.dll");
    }

    [Test]
    public void Two_plugs_for_one_target_in_one_assembly()
    {
        Bind("public class T { public static int F() => 1; }",
            "[Plug(typeof(T))] public static class P { public static int F() => 1; }\n[Plug(typeof(T))] public static class Q { public static int F() => 1; }");
        AssertError("IL2CPU004", "/_/Plugs.cs(2)", "Plugs.dll", "T.F() in Target.dll", "P.F() (/_/Plugs.cs(1))", "Q.F()");
    }

    [Test]
    public void A_plug_point_without_a_plug()
    {
        BindFiles(Compile("Target", "public class T {\n[PlugMethod(PlugRequired = true)] public static int F() => throw new Exception(); }"), []);
        AssertError("IL2CPU005", "/_/Target.cs(2)", "T.F() in Target.dll");
    }

    [Test]
    public void A_plug_point_of_a_property_without_a_plug()
    {
        BindFiles(Compile("Target", "public class T {\n[PlugMethod(PlugRequired = true)] public static int V => throw new Exception(); }"), []);
        AssertError("IL2CPU005", "/_/Target.cs(2)", "T.get_V() in Target.dll");
    }

    [TestCase("class NotABody { }", "NotABody")]
    [TestCase("abstract class NotABody : AssemblerMethod { }", "NotABody")]
    public void An_assembler_class_that_is_not_one(string source, string name)
    {
        Bind("public class T { public static int F() => 1; }",
            source + "[Plug(typeof(T))] public static class P { [PlugMethod(Assembler = typeof(NotABody))] public static int F() => 1; }");
        AssertError("IL2CPU006", "/_/Plugs.cs(1)", "P.F() in Plugs.dll", "T", name, "AssemblerMethod");
    }

    [Test]
    public void A_field_that_the_target_does_not_have()
    {
        Bind("public class T { public static void F() { } }", "[Plug(typeof(T))] public static class P { public static void F([FieldAccess(Name = \"_none\")] ref int x) { } }");
        AssertError("IL2CPU009", "P.F(System.Int32&) in Plugs.dll", "'x'", "'_none'", "T in Target.dll");
    }

    [Test]
    public void A_field_of_another_type()
    {
        Bind("public class T { static string s_v; public static void F() { } }", "[Plug(typeof(T))] public static class P { public static void F([FieldAccess(Name = \"s_v\")] ref int x) { } }");
        AssertError("IL2CPU009", "P.F(System.Int32&)", "System.Int32", "System.String");
    }

    [Test]
    public void An_instance_field_for_a_static_target()
    {
        Bind("public class T { string _v; public static void F() { } }", "[Plug(typeof(T))] public static class P { public static void F([FieldAccess(Name = \"_v\")] ref string x) { } }");
        AssertError("IL2CPU009", "P.F(System.String&)", "static");
    }

    [Test]
    public void An_abstract_target()
    {
        Bind("public abstract class T { public abstract void F(); }", "[Plug(typeof(T))] public static class P { public static void F(T aThis) { } }");
        AssertError("IL2CPU013", "P.F(T) in Plugs.dll", "T.F() in Target.dll", "abstract");
    }

    [Test]
    public void A_field_kept_outside_the_object()
    {
        Bind("public class T { public static void F() { } }",
            "[Plug(typeof(T))] [PlugField(FieldId = \"_x\", FieldType = typeof(int), IsExternalValue = true)] public static class P { public static void F() { } }");
        AssertError("IL2CPU013", "P in Plugs.dll", "T", "IsExternalValue");
    }

    [Test]
    public void All_errors_are_reported_at_once()
    {
        Bind("public class T { public static void F() { } [PlugMethod(PlugRequired = true)] public static void G() { } }",
            Body + "[Plug(typeof(T))] public static class P { public static void F(int a) { } public static void H() { } }");
        Assert.That(Errors, Has.Count.EqualTo(3));
        Assert.That(string.Join("\n", Errors), Does.Contain("IL2CPU002").And.Contain("IL2CPU003").And.Contain("IL2CPU005"));
    }

    [Test]
    public void A_source_root_makes_paths_local()
    {
        string target = Compile("Target", "public class T {\n[PlugMethod(PlugRequired = true)] public static int F() => 1; }");
        global::IL2CPU.DiagnosticBag diagnostics = new() { SourceRoot = "/home/me/memos" };
        using AssemblyPool pool = new([target, .. TestCompiler.Kit], [TestCompiler.Framework]);
        _ = new PlugBinder(pool, diagnostics).Bind(target, [], [], System.IO.Path.GetTempPath());
        Assert.That(diagnostics.Items[0].ToString(), Does.StartWith("/home/me/memos/Target.cs(2): error IL2CPU005: "));
    }
}
