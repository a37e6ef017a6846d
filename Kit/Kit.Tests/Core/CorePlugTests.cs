using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.Intrinsics.X86;
using Cosmos.Core;
using Cosmos.Plugs.X64;
using IL2CPU.API.Attribs;
using MemOS.Kit.Tests.XSharp;
using NUnit.Framework;
using XSharp.Assembler;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
public sealed unsafe class CorePlugTests
{
    private static readonly Type[] s_plugs = typeof(IOPortPlugs).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<PlugAttribute>()?.Target?.Assembly == typeof(CPU).Assembly)
        .ToArray();

    private static IEnumerable<TestCaseData> AssemblerPlugs() =>
        from plug in s_plugs
        from method in plug.GetMethods(BindingFlags.Public | BindingFlags.Static)
        let attribute = method.GetCustomAttribute<PlugMethodAttribute>()
        where attribute?.Assembler is not null
        select new TestCaseData(attribute.Assembler, method.Name).SetName($"Assembles({plug.Name}.{method.Name})");

    [TestCaseSource(nameof(AssemblerPlugs))]
    public void Assembles(Type assembler, string name)
    {
        Dictionary<string, byte[]> sections = Nasm.Assemble(Source(assembler, name), 64);
        Assert.That(sections[".text"], Has.Length.GreaterThan(1));
    }

    [Test]
    public void Every_method_that_needs_a_plug_has_one_of_its_signature()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly;
        MethodInfo[] targets = typeof(CPU).Assembly.GetTypes().SelectMany(t => t.GetMethods(All))
            .Where(m => m.GetCustomAttribute<PlugMethodAttribute>()?.PlugRequired == true)
            .ToArray();
        string Signature(MethodInfo method, Type target) =>
            $"{method.ReturnType} {target}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.ParameterType))})";
        IEnumerable<string> plugs = s_plugs.SelectMany(p => p.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(m => Signature(m, p.GetCustomAttribute<PlugAttribute>()!.Target!)));
        Assert.That(targets, Has.Length.GreaterThan(20));
        Assert.That(targets.Select(t => Signature(t, t.DeclaringType!)), Is.SubsetOf(plugs));
    }

    [TestCase(nameof(IOPort.Write8), "mov edx,edi|mov eax,esi|out dx,al|ret")]
    [TestCase(nameof(IOPort.Write16), "mov edx,edi|mov eax,esi|out dx,ax|ret")]
    [TestCase(nameof(IOPort.Write32), "mov edx,edi|mov eax,esi|out dx,eax|ret")]
    [TestCase(nameof(IOPort.Read8), "mov edx,edi|xor eax,eax|in al,dx|ret")]
    [TestCase(nameof(IOPort.Read16), "mov edx,edi|xor eax,eax|in ax,dx|ret")]
    [TestCase(nameof(IOPort.Read32), "mov edx,edi|xor eax,eax|in eax,dx|ret")]
    public void A_port_is_reached_by_its_instruction(string method, string expected)
    {
        Type assembler = typeof(IOPortPlugs).GetMethod(method)!.GetCustomAttribute<PlugMethodAttribute>()!.Assembler!;
        byte[] code = Nasm.Assemble(Source(assembler, method), 64)[".text"];
        var decoder = Iced.Intel.Decoder.Create(64, code);
        Assert.That(string.Join('|', decoder.Select(i => i.ToString())), Is.EqualTo(expected));
    }

    [Test]
    [Platform("Linux")]
    public void CPUID_run_here_says_what_the_class_library_says()
    {
        if (!X86Base.IsSupported)
            Assert.Ignore("no x86 processor");
        using ExecutableCode code = Load(nameof(CPU.Cpuid));
        var cpuid = (delegate* unmanaged<uint, uint, uint*, void>)code.Start;
        uint* words = stackalloc uint[4];
        foreach ((uint leaf, uint subleaf) in new[] { (0u, 0u), (7u, 0u), (0x8000_0002u, 0u), (0x8000_0008u, 0u) })
        {
            cpuid(leaf, subleaf, words);
            (int eax, int ebx, int ecx, int edx) = X86Base.CpuId((int)leaf, (int)subleaf);
            Assert.That(new[] { (int)words[0], (int)words[1], (int)words[2], (int)words[3] }, Is.EqualTo(new[] { eax, ebx, ecx, edx }));
        }
    }

    [Test]
    [Platform("Linux")]
    public void The_time_stamp_run_here_has_all_64_bits_and_grows()
    {
        if (!X86Base.IsSupported)
            Assert.Ignore("no x86 processor");
        using ExecutableCode code = Load(nameof(CPU.GetCPUUptime));
        var read = (delegate* unmanaged<ulong>)code.Start;
        ulong first = read();
        System.Threading.Thread.Sleep(20);
        ulong second = read();
        Assert.That(second, Is.GreaterThan(first));
        Assert.That(second - first, Is.LessThan(1ul << 40));
    }

    private static ExecutableCode Load(string method)
    {
        Type type = typeof(CPUPlugs).GetMethod(method)!.GetCustomAttribute<PlugMethodAttribute>()!.Assembler!;
        var assembler = new AssemblerInstance(64);
        using (assembler.Enter())
        {
            ((AssemblerMethod)Activator.CreateInstance(type)!).AssembleNew(assembler, method);
            assembler.Append("    ret");
        }

        return new ExecutableCode(assembler.ToSource());
    }

    private static string Source(Type type, string name)
    {
        var assembler = new AssemblerInstance(64);
        assembler.EmitMethod(name, (AssemblerMethod)Activator.CreateInstance(type, nonPublic: true)!, name);
        return assembler.ToSource();
    }
}
