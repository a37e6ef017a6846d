using System;
using System.Collections.Generic;
using Iced.Intel;

namespace MemOS.Kit.Tests.XSharp;

/// <summary>Machine code as text: what the processor will do, whatever the assembler was asked for.</summary>
internal static class Disassembly
{
    /// <summary>What stands for an operand that the linker fills in.</summary>
    public const string Target = "target";

    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> code, int bits)
    {
        Decoder decoder = Decoder.Create(bits, code.ToArray());
        NasmFormatter formatter = new(new Relocated());
        formatter.Options.SpaceAfterOperandSeparator = true;
        formatter.Options.SpaceBetweenMemoryAddOperators = true;
        formatter.Options.MemorySizeOptions = MemorySizeOptions.Always;
        formatter.Options.HexPrefix = "0x";
        formatter.Options.HexSuffix = null;
        formatter.Options.UppercaseHex = false;
        formatter.Options.SmallHexNumbersInDecimal = true;
        formatter.Options.SignedImmediateOperands = false;
        formatter.Options.ShowBranchSize = false;
        formatter.Options.RipRelativeAddresses = false;
        formatter.Options.LeadingZeros = false;

        List<string> lines = new();
        StringOutput output = new();
        while (decoder.IP < (ulong)code.Length)
        {
            Instruction instruction = decoder.Decode();
            formatter.Format(instruction, output);
            lines.Add(output.ToStringAndReset());
        }

        return lines;
    }

    /// <summary>Every branch target, and memory without a register at an address the linker sets, is the target.</summary>
    private sealed class Relocated : ISymbolResolver
    {
        public bool TryGetSymbol(in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
        {
            OpKind kind = instructionOperand < 0 ? OpKind.Register : instruction.GetOpKind(instructionOperand);
            bool branch = kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64 or OpKind.FarBranch32;
            bool relocatedMemory = kind == OpKind.Memory
                && (instruction.IsIPRelativeMemoryOperand || (instruction.MemoryBase == Register.None && instruction.MemoryDisplacement64 < 0x100));
            symbol = new SymbolResult(address, Target);
            return branch || relocatedMemory;
        }
    }
}
