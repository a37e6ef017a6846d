using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MemOS.Tests.Narrow;

/// <summary>Makes the 64-bit class library usable for 32-bit code: the compiler looks for division of 64-bit numbers in it, which only that of 32 bits has.</summary>
/// <remarks>
/// The registries have no class library for x86-32. What the memory core uses of one (spans, bit operations, atomics, texts) says its widths by
/// <c>nint</c> and not by constants, and is compiled for four bytes like everything else.
/// </remarks>
internal static class NarrowCoreLibrary
{
    /// <summary>Reads the library and writes it with the four methods, each an import of a symbol of its name.</summary>
    public static void Write(string source, string target)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(source);
        TypeDefinition math = module.GetType("System.Math");
        MethodDefinition import = module.GetType("System.Runtime.RuntimeImportAttribute").Methods
            .Single(method => method.IsConstructor && method.Parameters.Count == 1);
        TypeSystem types = module.TypeSystem;
        foreach ((string name, TypeReference number) in new[] { ("DivInt64", types.Int64), ("ModInt64", types.Int64), ("DivUInt64", types.UInt64), ("ModUInt64", types.UInt64) })
        {
            MethodDefinition method = new(name, MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig, number)
            {
                ImplAttributes = MethodImplAttributes.InternalCall,
                Parameters = { new ParameterDefinition(number), new ParameterDefinition(number) },
                CustomAttributes = { new CustomAttribute(import) { ConstructorArguments = { new CustomAttributeArgument(types.String, name) } } },
            };
            math.Methods.Add(method);
        }

        ImportAtomics(module, import);
        RunConstructorsAtOnce(module);
        module.Write(target);
    }

    // What is one instruction on 64-bit machines: methods of that name with two or three parameters, the first a reference to a long.
    private static void ImportAtomics(ModuleDefinition module, MethodDefinition import)
    {
        foreach (MethodDefinition method in module.GetType("System.Threading.Interlocked").Methods)
        {
            if (method.Name is not ("CompareExchange" or "Exchange" or "ExchangeAdd") || method.Parameters[0].ParameterType.FullName != "System.Int64&") continue;
            method.CustomAttributes.Clear();
            method.Body = null;
            method.ImplAttributes = MethodImplAttributes.InternalCall;
            method.CustomAttributes.Add(new CustomAttribute(import) { ConstructorArguments = { new CustomAttributeArgument(module.TypeSystem.String, method.Name + "64") } });
        }
    }

    // There is one thread: a class constructor is marked as done and called, without the library's locks, which want threads.
    private static void RunConstructorsAtOnce(ModuleDefinition module)
    {
        TypeDefinition runner = module.GetType("System.Runtime.CompilerServices.ClassConstructorRunner");
        MethodDefinition run = runner.Methods.Single(method => method.Name == "EnsureClassConstructorRun");
        FieldDefinition constructor = module.GetType("System.Runtime.CompilerServices.StaticClassConstructionContext").Fields
            .Single(field => field.Name == "cctorMethodAddress");
        MethodBody body = new(run) { InitLocals = true, Variables = { new VariableDefinition(module.TypeSystem.IntPtr) } };
        run.Body = body;
        ILProcessor il = body.GetILProcessor();
        Instruction end = il.Create(OpCodes.Ret);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, constructor);
        il.Emit(OpCodes.Stloc_0);
        il.Emit(OpCodes.Ldloc_0);
        il.Emit(OpCodes.Brfalse, end);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stfld, constructor);
        il.Emit(OpCodes.Ldloc_0);
        il.Emit(OpCodes.Calli, new CallSite(module.TypeSystem.Void));
        il.Append(end);
    }
}
