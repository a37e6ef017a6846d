using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using NUnit.Framework;
using XSharp;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Kit.Tests.XSharp;

/// <summary>Every X# method's text is taken by NASM, and the bytes are the instruction asked for.</summary>
[TestFixture]
public sealed class EmissionTests
{
    /// <summary>The methods that emit no instruction.</summary>
    private static readonly string[] s_directives =
    {
        nameof(XS.Const), nameof(XS.DataMember), nameof(XS.DataMemberBytes), nameof(XS.Extern), nameof(XS.Global),
    };

    private static readonly InstructionCase[] s_cases = InstructionCases.All.ToArray();

    private static readonly Dictionary<int, Lazy<Dictionary<string, byte[]>>> s_objects = new()
    {
        [32] = new(() => AssembleAll(32)),
        [64] = new(() => AssembleAll(64)),
    };

    private static IEnumerable<TestCaseData> Cases()
    {
        return s_cases.Select((c, index) => new TestCaseData(index).SetName(
            string.Create(CultureInfo.InvariantCulture, $"Assembles_to_what_was_asked({index}, {c})")));
    }

    [TestCaseSource(nameof(Cases))]
    public void Assembles_to_what_was_asked(int index)
    {
        InstructionCase instruction = s_cases[index];
        byte[] code = s_objects[instruction.Bits].Value.GetValueOrDefault(SectionOf(index), []);
        Assert.That(Disassembly.Of(code, instruction.Bits), Is.EqualTo(instruction.Expected));
    }

    [Test]
    public void Every_method_is_covered_for_both_widths([Values(32, 64)] int bits)
    {
        HashSet<string> covered = s_cases.Where(c => c.Bits == bits).Select(c => c.Method).ToHashSet();
        string[] onlyIn32 = { nameof(XS.JumpToSegment) };
        IEnumerable<string> missing = typeof(XS).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Concat(typeof(XS.SSE).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(m => m.Name)
            .Except(s_directives)
            .Except(bits == 64 ? onlyIn32 : [])
            .Except(covered);
        Assert.That(missing, Is.Empty);
    }

    private static string SectionOf(int index)
    {
        return ".case" + index.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>One object file for all cases of a width, a section each.</summary>
    private static Dictionary<string, byte[]> AssembleAll(int bits)
    {
        AssemblerInstance assembler = new(bits);
        using (assembler.Enter())
        {
            for (int i = 0; i < s_cases.Length; i++)
            {
                if (s_cases[i].Bits == bits)
                {
                    assembler.Append($"section {SectionOf(i)} progbits alloc exec align=1");
                    XS.Label("case" + i.ToString(CultureInfo.InvariantCulture));
                    s_cases[i].Emit();
                }
            }
        }

        return Nasm.Assemble(assembler.ToSource(), bits);
    }
}
