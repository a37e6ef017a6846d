using System.Collections.Generic;
using System.IO;
using System.Linq;
using MemOS.Tests.Plugs;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

/// <summary>
/// What Cosmos's start calls for memory, and every <c>new</c> after it, needs nothing that comes later: no table of virtual methods, no casts, no
/// exceptions, no object.
/// </summary>
[TestFixture]
public sealed class FirstStageTests
{
    private static readonly string[] s_plugs = ["GCImplementationPlug", "HeapPlug", "RATPlug"];

    // Cosmos calls for it when the kernel runs.
    private static readonly string[] s_laterPlugs = ["Collect"];

    /// <summary>The failed assertion's exception, which comes where no panic is installed; installing it is the first thing that happens.</summary>
    private const string Throws = "MemOS.Primitives.KernelAssert::Fail";

    private static readonly string[] s_library =
    [
        "System.Threading.Volatile", "System.Runtime.CompilerServices.Unsafe", "System.Numerics.BitOperations", "System.Math",
        "System.Threading.Interlocked",
    ];

    private Dictionary<string, List<MethodDefinition>> _implementations = null!;

    [Test]
    public void The_first_stage_uses_no_virtual_call_cast_exception_or_object()
    {
        using ModuleDefinition kernel = Read("CosmosKernel.dll");
        using ModuleDefinition plugs = Read("MemOS.Plugs.dll");
        IEnumerable<MethodDefinition> roots = plugs.Types.Where(type => s_plugs.Contains(type.Name))
            .SelectMany(type => type.Methods).Where(method => method.IsPublic && !s_laterPlugs.Contains(method.Name));
        HashSet<string> reached = [];
        List<string> breaches = Walk(kernel, roots, reached);
        Assert.That(breaches, Is.Empty);
        Assert.That(reached, Has.Some.Contain("MemoryStart::Run"), "the walk reaches the start");
        Assert.That(reached, Has.Some.Contain("BuddyAllocator").And.Some.Contain("SlabStore"), "and the allocators");
    }

    [TestCase("Virtual", "callvirt")]
    [TestCase("Cast", "castclass")]
    [TestCase("Test", "isinst")]
    [TestCase("Make", "newobj")]
    [TestCase("MakeArray", "newarr")]
    [TestCase("Box", "box")]
    [TestCase("Throw", "throw")]
    [TestCase("Catch", "try")]
    [TestCase("Library", "call")]
    [TestCase("Deep", "newarr")]
    public void A_breach_is_found(string name, string instruction)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(Breaches).Assembly.Location);
        TypeDefinition type = module.GetType(typeof(FirstStageTests).FullName + "/" + nameof(Breaches));
        List<string> breaches = Walk(module, type.Methods.Where(method => method.Name == name), []);
        Assert.That(breaches, Has.Some.Contain(": " + instruction));
    }

    private static ModuleDefinition Read(string name)
    {
        DefaultAssemblyResolver resolver = new();
        foreach (string folder in resolver.GetSearchDirectories()) resolver.RemoveSearchDirectory(folder); // where the tests' own flavour lies
        resolver.AddSearchDirectory(PlugFlavour.Of(32).Folder);
        return ModuleDefinition.ReadModule(Path.Combine(PlugFlavour.Of(32).Folder, name), new ReaderParameters { AssemblyResolver = resolver });
    }

    private List<string> Walk(ModuleDefinition kernel, IEnumerable<MethodDefinition> roots, HashSet<string> reached)
    {
        _implementations = Implementations(kernel);
        List<string> breaches = [];
        Queue<MethodDefinition> queue = new(roots);
        while (queue.TryDequeue(out MethodDefinition? method))
        {
            if (!reached.Add(method.FullName) || !method.HasBody || Name(method) == Throws || IsPlugPoint(method)) continue;
            if (method.Body.HasExceptionHandlers) breaches.Add($"{method.FullName}: try");
            foreach (Instruction instruction in method.Body.Instructions) Look(method, instruction, queue, breaches);
        }

        return breaches;
    }

    private void Look(MethodDefinition method, Instruction instruction, Queue<MethodDefinition> queue, List<string> breaches)
    {
        bool isForbidden = instruction.OpCode.Code
            is Code.Castclass or Code.Isinst or Code.Box or Code.Unbox or Code.Unbox_Any or Code.Throw or Code.Rethrow or Code.Newarr;
        if (isForbidden) breaches.Add($"{method.FullName}: {instruction}");
        if (instruction.OpCode.Code is Code.Ldsfld or Code.Ldsflda or Code.Stsfld)
            Enqueue(((FieldReference)instruction.Operand).DeclaringType.Resolve()?.GetStaticConstructor(), queue);
        if (instruction.Operand is not MethodReference called) return;
        if (instruction.OpCode.Code == Code.Newobj && !called.DeclaringType.IsValueType) breaches.Add($"{method.FullName}: newobj {called.FullName}");
        if (instruction.Previous?.OpCode.Code == Code.Constrained)
        {
            foreach (MethodDefinition implementation in _implementations.GetValueOrDefault(Key(called)) ?? []) queue.Enqueue(implementation);
            return;
        }

        MethodDefinition? target = called.Resolve();
        if (target is null || !IsOurs(target))
        {
            if (!s_library.Contains(called.DeclaringType.FullName) && !IsPlain(called)) breaches.Add($"{method.FullName}: call {called.FullName}");
            return;
        }

        if (instruction.OpCode.Code == Code.Callvirt && target.IsVirtual) breaches.Add($"{method.FullName}: callvirt {called.FullName}");
        Enqueue(target, queue);
    }

    // Constructors and accessors of the class library's that are a few instructions without a call.
    private static bool IsPlain(MethodReference called) => called.FullName is
        "System.Void System.Object::.ctor()" or "System.Int32 System.String::get_Length()" or "System.Char System.String::get_Chars(System.Int32)";

    private static void Enqueue(MethodDefinition? method, Queue<MethodDefinition> queue)
    {
        if (method is not null && IsOurs(method)) queue.Enqueue(method);
    }

    private static bool IsOurs(MethodDefinition method) => method.Module.Assembly.Name.Name is "CosmosKernel" or "MemOS.Plugs" or "CosmosKernel.Tests" or "Cosmos.Core";

    // X# stands for it.
    private static bool IsPlugPoint(MethodDefinition method) => method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "PlugMethodAttribute")
        || method.Module.Assembly.Name.Name == "Cosmos.Core";

    private static string Name(MethodDefinition method) => $"{method.DeclaringType.FullName}::{method.Name}";

    private static string Key(MethodReference method) => $"{method.DeclaringType.GetElementType().FullName}::{method.Name}";

    /// <summary>
    /// For each interface method what structs implement it by: which one runs is not looked at. Those of the folders behind the start's cannot: it does
    /// not know of them.
    /// </summary>
    private static Dictionary<string, List<MethodDefinition>> Implementations(ModuleDefinition module)
    {
        Dictionary<string, List<MethodDefinition>> found = [];
        foreach (TypeDefinition type in module.GetTypes().Where(type => type.IsValueType && !IsLater(type)))
        {
            foreach (TypeReference face in type.Interfaces.Select(implementation => implementation.InterfaceType))
            {
                foreach (MethodDefinition method in face.Resolve()?.Methods ?? [])
                {
                    MethodDefinition? implementation = type.Methods.FirstOrDefault(m => m.Name == method.Name && m.Parameters.Count == method.Parameters.Count);
                    if (implementation is null) continue;
                    string key = $"{face.GetElementType().FullName}::{method.Name}";
                    if (!found.TryGetValue(key, out List<MethodDefinition>? list)) found[key] = list = [];
                    list.Add(implementation);
                }
            }
        }

        return found;
    }

    private static bool IsLater(TypeDefinition type) => KernelAssembly.Outermost(type).Namespace is "MemOS.Shell" or "MemOS.SelfTest" or "MemOS.Processes";

    /// <summary>A breach of each kind.</summary>
    private static class Breaches
    {
        private static readonly Shape s_shape = default!;
        private static readonly object s_object = default!;

        public static int Virtual() => s_shape.Area();

        public static object Cast() => (Shape)s_object;

        public static bool Test() => s_object is Shape;

        public static object Make() => new Shape();

        public static object MakeArray() => new int[3];

        public static object Box() => 3;

        public static void Throw() => throw null!;

        public static void Catch()
        {
            try
            {
                Deep();
            }
            catch
            {
                Library();
            }
        }

        public static void Library() => System.Console.WriteLine();

        public static object Deep() => MakeArray();

        private class Shape
        {
            public virtual int Area() => 1;
        }
    }
}
