using System.Linq;
using IL2CPU.Symbols;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>Symbols as the compiler writes them (taken from its objects) become names for people.</summary>
public class DemanglerTests
{
    private const string Source = """
        namespace My.Ns.Deep
        {
            public struct S { }
            public class Outer<T> { public class Inner { public void Get<U>(U u) { } } }
            public class Two_Words { public void With_underscore__twice() { } }
            public class Prog
            {
                public static void Over(int a) { }
                public static void Over(string a) { }
                public static void Over_0() { }
                public int Value => 1;
                public static Func<int, int> Main2(int a) { int Local(int k) => k * a; _ = Local(1); return x => x + a + Local(x); }
                public static IEnumerable<int> It(int n) { yield return n; }
                static Prog() { }
            }
        }
        namespace A { public class B { public class C { } } public class B_C { public void M() { } } }
        """;

    private TestCompiler _compiler = null!;
    private KnownNames _known = null!;

    [OneTimeSetUp]
    public void ReadNames()
    {
        _compiler = new TestCompiler();
        _known = KnownNames.Read([_compiler.Compile("My.Asm", Source), typeof(object).Assembly.Location]);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _known.Dispose();
        _compiler.Dispose();
    }

    [TestCase("My_Asm_My_Ns_Deep_Prog__Main2", "My.Ns.Deep.Prog.Main2")]
    [TestCase("My_Asm_My_Ns_Deep_Prog__get_Value", "My.Ns.Deep.Prog.get_Value")]
    [TestCase("My_Asm_My_Ns_Deep_Prog___cctor", "My.Ns.Deep.Prog..cctor")]
    [TestCase("My_Asm_My_Ns_Deep_Prog___ctor", "My.Ns.Deep.Prog..ctor")]
    [TestCase("My_Asm_My_Ns_Deep_Two_Words__With_underscore__twice", "My.Ns.Deep.Two_Words.With_underscore__twice")]
    public void A_method_of_a_plain_type(string symbol, string name)
    {
        AssertName(symbol, name);
    }

    [TestCase("My_Asm_My_Ns_Deep_Prog__Over", "My.Ns.Deep.Prog.Over")]
    [TestCase("My_Asm_My_Ns_Deep_Prog__Over_0", "My.Ns.Deep.Prog.Over")]
    [TestCase("My_Asm_My_Ns_Deep_Prog__Over_0_0", "My.Ns.Deep.Prog.Over_0")]
    public void Numbers_that_keep_names_apart_are_left_out(string symbol, string name)
    {
        AssertName(symbol, name);
    }

    [Test]
    public void Types_whose_names_clash_are_kept_apart_in_metadata_order()
    {
        // A.B+C and A.B_C: the compiler numbers the later one, and nested types come last.
        AssertName("My_Asm_A_B_C__M", "A.B_C.M");
        AssertName("My_Asm_A_B_C_0___ctor", "A.B.C..ctor");
    }

    [TestCase("My_Asm_My_Ns_Deep_Outer_1_Inner<My_Asm_My_Ns_Deep_S>__Get<System___Canon>", "My.Ns.Deep.Outer.Inner<S>.Get<__Canon>")]
    [TestCase("S_P_CoreLib_System_Collections_Generic_Dictionary_2<Int32__System___Canon>__TryInsert", "System.Collections.Generic.Dictionary<int, __Canon>.TryInsert")]
    [TestCase("S_P_CoreLib_System_Collections_Generic_List_1<S_P_CoreLib_System_Collections_Generic_KeyValuePair_2<String__UInt8>>__Add",
        "System.Collections.Generic.List<KeyValuePair<string, byte>>.Add")]
    [TestCase("S_P_CoreLib_System_Collections_Generic_List_1<__Array<Bool>>__Add", "System.Collections.Generic.List<bool[]>.Add")]
    [TestCase("S_P_CoreLib_System_Array__Empty<System___Canon>", "System.Array.Empty<__Canon>")]
    [TestCase("S_P_CoreLib_System_ValueTuple_2<Int32__System___Canon>__Equals", "System.ValueTuple<int, __Canon>.Equals")]
    public void Type_arguments_are_short(string symbol, string name)
    {
        AssertName(symbol, name);
    }

    [TestCase("String__Concat_13", "System.String.Concat")]
    [TestCase("Int32__ToString_2", "System.Int32.ToString")]
    [TestCase("Bool__ToString", "System.Boolean.ToString")]
    [TestCase("Object__Equals", "System.Object.Equals")]
    [TestCase("S_P_CoreLib_System_Text_StringBuilder__Append_0", "System.Text.StringBuilder.Append")]
    public void CoreLibs_own_names(string symbol, string name)
    {
        AssertName(symbol, name);
    }

    [Test]
    public void Lambdas_local_functions_and_iterators_are_shown_as_what_was_written()
    {
        AssertName(SymbolOf("<>c__DisplayClass", "<Main2>b__"), "My.Ns.Deep.Prog.Main2.lambda");
        AssertName(SymbolOf("<>c__DisplayClass", "<Main2>g__"), "My.Ns.Deep.Prog.Main2.Local");
        AssertName(SymbolOf("<It>d__", "MoveNext"), "My.Ns.Deep.Prog.It.MoveNext");
    }

    [TestCase("<Boxed>S_P_CoreLib_System_ValueTuple_2<Int32__System___Canon>__<unbox>S_P_CoreLib_System_ValueTuple_2__Equals", "System.ValueTuple.Equals")]
    [TestCase("unbox_My_Asm_My_Ns_Deep_S____GetFieldHelper", "My.Ns.Deep.S.__GetFieldHelper")]
    [TestCase("__GetGCStaticBase_S_P_CoreLib_System_Environment", "System.Environment.(statics)")]
    [TestCase("__GetThreadStaticBase_S_P_CoreLib_System_Buffers_SharedArrayPool_1<Char>", "System.Buffers.SharedArrayPool<char>.(thread statics)")]
    [TestCase("__DelegateCtor_S_P_CoreLib_System_Delegate__InitializeClosedInstance__My_Asm_My_Ns_Deep_Prog__Main2", "(delegate constructor)")]
    [TestCase("__GenericLookupFromDict_S_P_CoreLib_System_Array__Empty<System___Canon>_GCStaticBase_X", "(generic lookup)")]
    public void Helpers_of_the_compiler(string symbol, string name)
    {
        AssertName(symbol, name);
    }

    [TestCase("plug.MemOS.Hardware.Cpu.ReadCr0", "MemOS.Hardware.Cpu.ReadCr0")]
    [TestCase("plug.MemOS.Hardware.Cpu.In8$0a1b2c3d", "MemOS.Hardware.Cpu.In8")]
    [TestCase("memset", "memset")]
    [TestCase("_start", "_start")]
    public void Names_of_assembler_code(string symbol, string name)
    {
        AssertName(symbol, name);
    }

    [Test]
    public void An_unknown_type_is_split_by_its_shape()
    {
        Assert.That(new Demangler(KnownNames.None).Demangle("MyAsm_Ns_Type__Method"), Is.EqualTo("MyAsm.Ns.Type.Method"));
        Assert.That(new Demangler(KnownNames.None).Demangle("MyAsm_Ns_Type__Method<Int32>"), Is.EqualTo("MyAsm.Ns.Type.Method<Int32>"));
    }

    [Test]
    public void Every_method_of_CoreLib_is_found_under_its_mangled_name()
    {
        // Types whose name says how it is mangled: no clash, no nesting, no generics.
        Demangler demangler = new(_known);
        var methods = typeof(object).Assembly.GetTypes().Where(t => t is { IsNested: false, IsGenericType: false, IsPrimitive: false } && t.FullName!.All(c => char.IsLetterOrDigit(c) || c == '.'))
            .Where(t => t != typeof(object) && t != typeof(string) && t != typeof(void))
            .SelectMany(t => t.GetMethods().Where(m => m.DeclaringType == t && m.Name.All(char.IsLetterOrDigit)).Select(m => (t, m.Name))).Distinct().ToList();
        Assert.That(methods, Has.Count.GreaterThan(1000));
        foreach ((System.Type type, string method) in methods)
            Assert.That(demangler.Demangle($"S_P_CoreLib_{type.FullName!.Replace('.', '_')}__{method}"), Is.EqualTo($"{type.FullName}.{method}"));
    }

    private void AssertName(string symbol, string name)
    {
        Assert.That(new Demangler(_known).Demangle(symbol), Is.EqualTo(name));
    }

    /// <summary>The symbol of a method that the C# compiler made up inside of Prog.</summary>
    private string SymbolOf(string typePrefix, string methodPrefix)
    {
        using Mono.Cecil.AssemblyDefinition assembly = Mono.Cecil.AssemblyDefinition.ReadAssembly(System.IO.Path.Combine(_compiler.Folder, "My.Asm.dll"));
        Mono.Cecil.MethodDefinition method = assembly.MainModule.GetType("My.Ns.Deep.Prog").NestedTypes.Where(t => t.Name.StartsWith(typePrefix, System.StringComparison.Ordinal))
            .SelectMany(t => t.Methods).Single(m => m.Name.StartsWith(methodPrefix, System.StringComparison.Ordinal));
        string name = $"My_Asm_My_Ns_Deep_Prog_{method.DeclaringType.Name}__{method.Name}";
        return string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
    }
}
