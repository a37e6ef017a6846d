using System;
using System.Linq;
using System.Reflection;
using MemOS.Tests.Plugs;
using XSharp;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Mmu;

/// <summary>The frame that Cosmos's IL2CPU puts around an X# body (its MethodBegin and MethodEnd), and how it counts arguments.</summary>
internal static class Il2CpuFrame
{
    /// <summary>The bytes of a method's arguments and of its result.</summary>
    public static (int Arguments, int Result) SizesOf(MethodInfo method) =>
        (method.GetParameters().Sum(parameter => SizeOf(parameter.ParameterType)), SizeOf(method.ReturnType));

    /// <summary>The bytes that a value takes on the stack.</summary>
    public static int SizeOf(Type type) => type.FullName switch
    {
        "System.Void" => 0,
        "System.UInt64" or "System.Int64" => 8,
        _ => 4,
    };

    /// <summary>Emits the method. A body that leaves anything but its result on the stack goes on at <c>lost</c>.</summary>
    public static void Emit(AssemblerInstance code, PlugFlavour plugs, string name, string label)
    {
        (int arguments, int result) = SizesOf(plugs.Method(name));
        XS.Label(label);
        XS.LiteralCode("push ebp");
        XS.LiteralCode("mov ebp, esp");
        plugs.EmitBodyInto(code, name);
        int place = 8 + (arguments > 0 && arguments >= result ? arguments - result : 0);
        for (int offset = 0; offset < result; offset += 4)
        {
            XS.LiteralCode("pop eax");
            XS.LiteralCode($"mov [ebp + {place + offset}], eax");
        }

        XS.LiteralCode("cmp esp, ebp");
        XS.LiteralCode("jne lost");
        XS.LiteralCode("pop ebp");
        XS.LiteralCode($"ret {Math.Max(arguments - result, 0)}");
    }
}
