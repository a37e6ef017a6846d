using System;
using System.Linq;
using IL2CPU.Binding;
using Mono.Cecil;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>Every form of a managed plug: the bound assembly is loaded and does what the plug says.</summary>
public class BinderFormsTests : BinderTest
{
    [Test]
    public void A_static_method_is_replaced()
    {
        Bind("public static class T { public static int Twice(int x) => x; public static int Run() => Twice(21); }",
            "[Plug(typeof(T))] public static class P { public static int Twice(int x) => 2 * x; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void An_instance_method_gets_the_instance_first()
    {
        Bind("public class T { public int V; int Get(int add) => 0; public static int Run() => new T { V = 40 }.Get(2); }",
            "[Plug(typeof(T))] public static class P { public static int Get(T aThis, int add) => aThis.V + add; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void A_value_types_method_gets_the_instance_by_reference()
    {
        Bind("public struct T { public int V; public void Add(int n) { } public static int Run() { T t = new T { V = 40 }; t.Add(2); return t.V; } }",
            "[Plug(typeof(T))] public static class P { public static void Add(ref T aThis, int n) => aThis.V += n; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void Ctor_replaces_the_instance_constructor_and_CCtor_the_static_one()
    {
        Bind("public class T { public static int S = 1; public int V = 1; public T(int v) { V = 2; } public static int Run() => new T(40).V + S; }",
            "[Plug(typeof(T))] public static class P { public static void Ctor(T aThis, int v) => aThis.V = v; public static void CCtor() => T.S = 2; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void A_property_is_replaced_by_its_accessors()
    {
        Bind("public static class T { public static int V => 1; public static int Run() => V; }",
            "[Plug(typeof(T))] public static class P { public static int get_V() => 42; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void A_target_named_by_text_can_be_private_and_nested()
    {
        Bind("public static class T { private class Inner { private static int Get(string s) => 0; internal static int Go() => Get(\"ab\"); } public static int Run() => Inner.Go(); }",
            "[Plug(\"T+Inner, Target\")] public static class P { public static int Get(string s) => s.Length + 40; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void TargetName_without_an_assembly_is_looked_up_in_the_image()
    {
        Bind("namespace N { public static class T { public static int Run() => 0; } }",
            "[Plug(TargetName = \"N.T\")] public static class P { public static int Run() => 42; }");
        Assert.That(Call("N.T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void FieldAccess_gives_the_address_of_a_private_field()
    {
        Bind("public class T { private int _v = 40; private static int s_w = 1; void Bump() { } public static int Run() { T t = new T(); t.Bump(); return t._v + s_w; } }",
            "[Plug(typeof(T))] public static class P { public static void Bump(object aThis, [FieldAccess(Name = \"System.Int32 T._v\")] ref int v, "
            + "[FieldAccess(Name = \"s_w\")] ref int w) { v++; w++; } }");
        Assert.That(Call("T", "Run"), Is.EqualTo(43));
    }

    [Test]
    public void FieldAccess_reaches_a_field_of_a_value_type_and_of_a_generic_type()
    {
        Bind("public struct S { private int _v; public void Set() { } public int V => _v; } public class G<T> { private int _v; public void Set() { } public int V => _v; }"
            + "public static class T { public static int Run() { S s = default; s.Set(); G<string> g = new G<string>(); g.Set(); return s.V + g.V; } }",
            "[Plug(typeof(S))] public static class P { public static void Set(ref S aThis, [FieldAccess(Name = \"_v\")] ref int v) => v = 40; }"
            + "[Plug(typeof(G<>))] public static class Q { public static void Set<T>(G<T> aThis, [FieldAccess(Name = \"_v\")] ref int v) => v = 2; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void Generic_methods_and_methods_of_generic_types_are_replaced()
    {
        Bind("public class G<T> { public T V; public string Show<U>(U u) => \"\"; } public static class T { static string Name<A>(A a) => \"\"; "
            + "public static string Run() => new G<int> { V = 4 }.Show(\"x\") + Name(2.5); }",
            "[Plug(typeof(G<>))] public static class P { public static string Show<T, U>(G<T> aThis, U u) => aThis.V + \"-\" + u + typeof(T).Name; }"
            + "[Plug(typeof(T))] public static class Q { public static string Name<A>(A a) => typeof(A).Name; }");
        Assert.That(Call("T", "Run"), Is.EqualTo("4-xInt32Double"));
    }

    [Test]
    public void A_wildcard_replaces_every_overload()
    {
        Bind("public static class T { public static int F(int a) => 1; public static int F(string a, int b) => 1; public static int F() => 1; public static int Run() => F(1) + F(\"\", 2) + F(); }",
            "[Plug(typeof(T))] public static class P { [PlugMethod(IsWildcard = true)] public static int F() => 14; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void A_void_wildcard_returns_the_default_of_each_overload()
    {
        Bind("public static class T { static int F(int a) => 1; static DateTime F() => DateTime.MaxValue; public static bool Run() => F(1) == 0 && F() == default; }",
            "[Plug(typeof(T))] public static class P { [PlugMethod(IsWildcard = true)] public static void F() { } }");
        Assert.That(Call("T", "Run"), Is.True);
    }

    [Test]
    public void A_wildcard_that_matches_parameters_leaves_other_overloads()
    {
        Bind("public static class T { static int F(int a) => 1; static int F(string a) => 2; public static int Run() => F(1) * 10 + F(\"\"); }",
            "[Plug(typeof(T))] public static class P { [PlugMethod(IsWildcard = true, WildcardMatchParameters = true)] public static int F(int a) => 4; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void A_plug_for_one_overload_beats_the_wildcard()
    {
        Bind("public static class T { static int F(int a) => 1; static int F(string a) => 1; public static int Run() => F(1) * 10 + F(\"\"); }",
            "[Plug(typeof(T))] public static class P { [PlugMethod(IsWildcard = true)] public static int F() => 4; public static int F(string a) => 2; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void An_inheritable_plug_serves_derived_types()
    {
        Bind("public abstract class B { public virtual int F() => 1; } public class D : B { public override int F() => 2; } public class E : D { public override int F() => 3; }"
            + "public static class T { public static int Run() => new D().F() + new E().F(); }",
            "[Plug(typeof(B), Inheritable = true)] public static class P { public static int F(B aThis) => 21; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void ObjectPointerAccess_gives_the_objects_address()
    {
        Bind("public class T { bool At() => false; public static bool Run() => new T().At(); }",
            "[Plug(typeof(T))] public static unsafe class P { public static bool At([ObjectPointerAccess] byte* aThis) => *(IntPtr*)aThis == typeof(T).TypeHandle.Value; }");
        Assert.That(Call("T", "Run"), Is.True);
    }

    [Test]
    public void FieldType_stands_for_a_type_that_the_plug_cannot_name()
    {
        Bind("public class T { private class Hidden { public override string ToString() => \"42\"; } static string Show(Hidden h) => \"\"; public static string Run() => Show(new Hidden()); }",
            "[Plug(typeof(T))] public static class P { public static string Show([FieldType(Name = \"T+Hidden, Target\")] object h) => h.ToString(); }");
        Assert.That(Call("T", "Run"), Is.EqualTo("42"));
    }

    [Test]
    public void A_void_pointer_stands_for_a_pointer_to_a_type_that_the_plug_cannot_name()
    {
        Bind("public static unsafe class T { private struct Hidden { public int V; } static int Get(Hidden* h) => 0; public static int Run() { Hidden h = new Hidden { V = 42 }; return Get(&h); } }",
            "[Plug(typeof(T))] public static unsafe class P { public static int Get(void* h) => *(int*)h; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void A_signature_names_a_target_that_C_sharp_cannot()
    {
        Bind("public static class T { static int F(int a) => 1; static long F(long a) => 1; public static long Run() => F(1) + F(1L); }",
            "[Plug(typeof(T))] public static class P { [PlugMethod(Signature = \"System.Int64 F(System.Int64)\")] public static long AnyName(long a) => 41; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void An_explicit_implementation_is_named_with_underscores()
    {
        Bind("public class T : IDisposable { public static int V; void IDisposable.Dispose() { } public static int Run() { ((IDisposable)new T()).Dispose(); return V; } }",
            "[Plug(typeof(T))] public static class P { public static void System_IDisposable_Dispose(T aThis) => T.V = 42; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void PlugField_adds_a_field_and_changes_the_type_of_one()
    {
        Bind("public class T { private int _old; long Grow() => 0; public static long Run() => new T().Grow(); }",
            "[Plug(typeof(T))] [PlugField(FieldId = \"System.Int64 T._old\", FieldType = typeof(long))] [PlugField(FieldId = \"_extra\", FieldType = typeof(string))]"
            + "public static class P { public static long Grow(T aThis, [FieldAccess(Name = \"_old\")] ref long old, [FieldAccess(Name = \"_extra\")] ref string extra) "
            + "{ old = 1L << 40; extra = \"ab\"; return old + extra.Length; } }");
        Assert.That(Call("T", "Run"), Is.EqualTo((1L << 40) + 2));
    }

    [Test]
    public void A_disabled_method_is_no_plug()
    {
        Bind("public static class T { public static int Run() => 42; }",
            "[Plug(typeof(T))] public static class P { [PlugMethod(Enabled = false)] public static int Run() => 1; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void Private_methods_of_a_plug_are_its_own_unless_marked()
    {
        Bind("public static class T { public static int A() => 1; public static int B() => 40; public static int Run() => A() + B(); }",
            "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Target\")]"
            + "[Plug(typeof(T))] public static class P { [PlugMethod] internal static int A() => Two(); private static int Two() => 2; private static int B() => 0; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
    }

    [Test]
    public void What_is_missing_and_optional_is_passed_over()
    {
        Bind("public static class T { public static int Run() => 42; }",
            "[Plug(\"No.Such, Target\", IsOptional = true)] public static class P { public static int F() => 1; }"
            + "[Plug(\"No.Such, NoAssembly\", IsOptional = true)] public static class Q { public static int F() => 1; }"
            + "[Plug(typeof(T))] public static class R { [PlugMethod(IsOptional = true)] public static int NotThere() => 1; }");
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
        Assert.That(Result!.Plugs, Is.Empty);
    }

    [Test]
    public void A_target_behind_a_type_forward_is_found_in_its_home()
    {
        string home = Compile("Home", "namespace Lib { public static class T { public static int F() => 1; } }");
        string facade = Compile("Facade", "[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Lib.T))]", home);
        string kernel = Compile("Target", "public static class K { public static int Run() => Lib.T.F(); }", facade, home);
        string plugs = Compile("Plugs", "[Plug(\"Lib.T, Facade\")] public static class P { public static int F() => 42; }", kernel);
        BindFiles(kernel, [plugs], facade, home);
        Assert.That(Call("K", "Run"), Is.EqualTo(42));
        Assert.That(Result!.Plugs.Single().TargetAssembly, Is.EqualTo("Home"));
    }

    [Test]
    public void The_first_assembly_wins_and_the_list_says_over_whom()
    {
        string target = Compile("Target", "public static class T { public static int Run() => 1; }");
        string first = Compile("First", "[Plug(typeof(T))] public static class P { public static int Run() => 42; }", target);
        string second = Compile("Second", "[Plug(typeof(T))] public static class P { public static int Run() => 2; }", target);
        BindFiles(target, [first, second]);
        Assert.That(Call("T", "Run"), Is.EqualTo(42));
        PlugListEntry entry = Result!.Plugs.Single();
        Assert.That(entry.Explain(), Is.EqualTo(new[]
        {
            "T.Run() in Target", "    replaced by P.Run() in First (managed)", "    in place of P.Run() (Second)",
        }));
    }

    [Test]
    public void An_assembler_plug_makes_its_target_an_import_of_the_symbol()
    {
        string target = Compile("Target", "namespace N { public class T { [PlugMethod(PlugRequired = true)] public int Read(int port) => throw new Exception(); public int Read() => 1; } }");
        string plugs = Compile("Plugs", "class Body : AssemblerMethod { public override void AssembleNew(Assembler a, object m) { } }"
            + "[Plug(typeof(N.T))] public static class P { [PlugMethod(Assembler = typeof(Body))] public static int Read(N.T aThis, int port) => throw new Exception(); }", target);
        BindFiles(target, [plugs]);
        Assert.That(Errors, Is.Empty);
        PlugListEntry entry = Result!.Plugs.Single();
        Assert.That(entry.Symbol, Does.Match(@"^plug\.N\.T\.Read\$[0-9a-f]{8}$"), "overloads get a hash");

        using AssemblyDefinition bound = AssemblyDefinition.ReadAssembly(Result.Inputs[0]);
        MethodDefinition method = bound.MainModule.GetType("N.T").Methods.Single(m => m.Parameters.Count == 1);
        Assert.That(method.HasBody, Is.False);
        Assert.That(method.IsInternalCall);
        CustomAttribute import = method.CustomAttributes.Single(a => a.AttributeType.FullName == "System.Runtime.RuntimeImportAttribute");
        Assert.That(import.ConstructorArguments[0].Value, Is.EqualTo(entry.Symbol));
    }

    [Test]
    public void AsmLabel_exports_a_method_and_Inline_asks_for_inlining()
    {
        string target = Compile("Target", "public static class T { [AsmLabel(\"OnFault\")] public static void F() { } [Inline] public static void G() { } }");
        BindFiles(target, []);
        using AssemblyDefinition bound = AssemblyDefinition.ReadAssembly(Result!.Inputs[0]);
        TypeDefinition type = bound.MainModule.GetType("T");
        CustomAttribute export = type.Methods[0].CustomAttributes.Single(a => a.AttributeType.FullName == "System.Runtime.RuntimeExportAttribute");
        Assert.That(export.ConstructorArguments[0].Value, Is.EqualTo("OnFault"));
        Assert.That(type.Methods[1].AggressiveInlining);
    }

    [Test]
    public void Only_touched_assemblies_are_written_and_they_keep_their_lines()
    {
        string target = Compile("Target", "public static class T { public static int A() => 1;\npublic static int B() => 2; }");
        string plugs = Compile("Plugs", "[Plug(typeof(T))] public static class P { public static int A() => 3; }", target);
        BindFiles(target, [plugs]);
        Assert.That(Result!.Inputs[0], Is.Not.EqualTo(target));
        Assert.That(Result.Inputs[1], Is.EqualTo(plugs));
        using AssemblyDefinition bound = AssemblyDefinition.ReadAssembly(Result.Inputs[0], new ReaderParameters { ReadSymbols = true });
        MethodDefinition kept = bound.MainModule.GetType("T").Methods.Single(m => m.Name == "B");
        _ = kept.Body;
        Assert.That(kept.DebugInformation.SequencePoints[0].StartLine, Is.EqualTo(2));
        Assert.That(kept.DebugInformation.SequencePoints[0].Document.Url, Is.EqualTo("/_/Target.cs"));
    }

    [Test]
    public void A_rewritten_assemblys_identity_depends_on_what_took_part_alone()
    {
        Guid first = Identity("=> 3;");
        Assert.That(Identity("=> 3;"), Is.EqualTo(first), "another folder");
        Assert.That(Identity("=> 4;"), Is.Not.EqualTo(first), "another plug");
    }

    private Guid Identity(string body)
    {
        RemoveFiles();
        CreateCompiler();
        Bind("public static class T { public static int A() => 1; }", "[Plug(typeof(T))] public static class P { public static int A() " + body + " }");
        using AssemblyDefinition bound = AssemblyDefinition.ReadAssembly(Result!.Inputs[0]);
        return bound.MainModule.Mvid;
    }
}
