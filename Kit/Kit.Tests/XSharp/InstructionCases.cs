using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using XSharp;
using XSharp.Assembler.x86;
using static XSharp.XSRegisters;

namespace MemOS.Kit.Tests.XSharp;

/// <summary>One call of an X# method and what the processor must read from it.</summary>
/// <param name="Bits">The machine's width.</param>
/// <param name="Method">The X# method's name.</param>
/// <param name="Emit">The call.</param>
/// <param name="Expected">The instructions, as the disassembler writes them.</param>
public sealed record InstructionCase(int Bits, string Method, Action Emit, string[] Expected)
{
    public override string ToString()
    {
        return $"{Bits} bits: {Method} -> {string.Join("; ", Expected)}";
    }
}

/// <summary>Every X# instruction in every form, for both widths.</summary>
internal static class InstructionCases
{
    private const uint Small = 0x12;

    private delegate void BinaryMethod(
        Operand destination,
        Operand source,
        bool destinationIsIndirect = false,
        int? destinationDisplacement = null,
        bool sourceIsIndirect = false,
        int? sourceDisplacement = null,
        RegisterSize? size = null);

    private delegate void UnaryMethod(Operand operand, bool isIndirect = false, int? displacement = null, RegisterSize? size = null);

    private delegate void ShiftMethod(
        Operand destination,
        Operand bitCount,
        bool destinationIsIndirect = false,
        int? destinationDisplacement = null,
        RegisterSize? size = null);

    private static readonly Register[][] s_pairs32 =
    {
        new Register[] { AL, CL }, new Register[] { BH, AH }, new Register[] { AX, DI }, new Register[] { EBX, ESI }, new Register[] { EAX, EBP },
    };

    private static readonly Register[][] s_pairs64 =
    {
        new Register[] { AL, CL }, new Register[] { SIL, R8B }, new Register[] { AX, R9W }, new Register[] { EBX, ESI },
        new Register[] { R8D, EDI }, new Register[] { RAX, RBP }, new Register[] { R15, R12 }, new Register[] { RSP, R13 },
    };

    public static IEnumerable<InstructionCase> All =>
        new[] { 32, 64 }.SelectMany(bits => Binaries(bits)
            .Concat(Unaries(bits))
            .Concat(Shifts(bits))
            .Concat(Moves(bits))
            .Concat(Stack(bits))
            .Concat(Flow(bits))
            .Concat(Machine(bits)));

    private static string Rel(int bits) => bits == 64 ? "rel " : "";

    private static Register Base(int bits) => bits == 64 ? R10 : EDI;

    private static Register Pointer(int bits) => bits == 64 ? RAX : EAX;

    private static string Low(Register register) => register.Name.ToLowerInvariant();

    private static string Word(RegisterSize size) => size switch
    {
        RegisterSize.Byte8 => "byte",
        RegisterSize.Short16 => "word",
        RegisterSize.Int32 => "dword",
        _ => "qword",
    };

    private static IEnumerable<RegisterSize> Sizes(int bits)
    {
        return bits == 64
            ? new[] { RegisterSize.Byte8, RegisterSize.Short16, RegisterSize.Int32, RegisterSize.Long64 }
            : new[] { RegisterSize.Byte8, RegisterSize.Short16, RegisterSize.Int32 };
    }

    private static IEnumerable<Register[]> Pairs(int bits) => bits == 64 ? s_pairs64 : s_pairs32;

    private static InstructionCase Case(int bits, string method, Action emit, params string[] expected)
    {
        return new InstructionCase(bits, method, emit, expected);
    }

    private static IEnumerable<InstructionCase> Binaries(int bits)
    {
        (string Name, string Mnemonic, BinaryMethod Method)[] methods =
        {
            (nameof(XS.Set), "mov", XS.Set), (nameof(XS.Add), "add", XS.Add), (nameof(XS.AddWithCarry), "adc", XS.AddWithCarry),
            (nameof(XS.Sub), "sub", XS.Sub), (nameof(XS.SubWithCarry), "sbb", XS.SubWithCarry), (nameof(XS.And), "and", XS.And),
            (nameof(XS.Or), "or", XS.Or), (nameof(XS.Xor), "xor", XS.Xor), (nameof(XS.Compare), "cmp", XS.Compare),
        };
        string rel = Rel(bits);
        Register pointer = Base(bits);
        string at = Low(pointer);
        foreach ((string name, string op, BinaryMethod method) in methods)
        {
            foreach (Register[] pair in Pairs(bits))
            {
                Register a = pair[0];
                Register b = pair[1];
                string word = Word(a.Size);
                // NASM shortens a move of a small number into a 64-bit register to the 32-bit form, which clears the rest.
                string into = op == "mov" && a.Size == RegisterSize.Long64 ? ThirtyTwo(a) : Low(a);
                yield return Case(bits, name, () => method(a, b), $"{op} {Low(a)}, {Low(b)}");
                yield return Case(bits, name, () => method(a, Small), $"{op} {into}, 0x12");
                yield return Case(bits, name, () => method(pointer, a, destinationIsIndirect: true), $"{op} {word} [{at}], {Low(a)}");
                yield return Case(bits, name, () => method(pointer, b, destinationDisplacement: -16), $"{op} {word} [{at} - 0x10], {Low(b)}");
                yield return Case(bits, name, () => method(a, pointer, sourceIsIndirect: true), $"{op} {Low(a)}, {word} [{at}]");
                yield return Case(bits, name, () => method(b, pointer, sourceDisplacement: 0x1234), $"{op} {Low(b)}, {word} [{at} + 0x1234]");
                yield return Case(bits, name, () => method("target", b, destinationIsIndirect: true), $"{op} {word} [{rel}target], {Low(b)}");
                yield return Case(bits, name, () => method(b, "target", sourceIsIndirect: true), $"{op} {Low(b)}, {word} [{rel}target]");
                yield return Case(bits, name, () => method(b, 0x1000u, sourceIsIndirect: true), $"{op} {Low(b)}, {word} [0x1000]");
            }

            foreach (RegisterSize size in Sizes(bits))
            {
                yield return Case(bits, name, () => method(pointer, Small, destinationDisplacement: 8, size: size), $"{op} {Word(size)} [{at} + 8], 0x12");
                yield return Case(bits, name, () => method("target", Small, destinationIsIndirect: true, size: size), $"{op} {Word(size)} [{rel}target], 0x12");
            }

            yield return Case(bits, name, () => method(pointer, Small, destinationIsIndirect: true), $"{op} dword [{at}], 0x12");
            yield return Case(bits, name, () => method(0x2000u, ECX, destinationIsIndirect: true), $"{op} dword [0x2000], ecx");
            yield return Case(bits, name, () => method(ECX, 0xFFFFFFFEu), $"{op} ecx, 0xfffffffe");
            yield return Case(bits, name, () => method(ECX, "target"), $"{op} ecx, 0");
            yield return Case(bits, name, () => method(pointer, "target", destinationIsIndirect: true), $"{op} dword [{at}], 0");
        }
    }

    private static string ThirtyTwo(Register register)
    {
        return register.Number >= 8 ? Low(register) + "d" : "e" + Low(register)[1..];
    }

    private static IEnumerable<InstructionCase> Unaries(int bits)
    {
        (string Name, string Mnemonic, UnaryMethod Method)[] methods =
        {
            (nameof(XS.Increment), "inc", XS.Increment), (nameof(XS.Decrement), "dec", XS.Decrement), (nameof(XS.Negate), "neg", XS.Negate),
            (nameof(XS.Not), "not", XS.Not), (nameof(XS.Multiply), "mul", XS.Multiply), (nameof(XS.Divide), "div", XS.Divide),
            (nameof(XS.IntegerDivide), "idiv", XS.IntegerDivide),
        };
        foreach ((string name, string op, UnaryMethod method) in methods)
        {
            foreach (Register[] pair in Pairs(bits))
            {
                Register a = pair[1];
                yield return Case(bits, name, () => method(a), $"{op} {Low(a)}");
            }

            foreach (RegisterSize size in Sizes(bits))
            {
                yield return Case(bits, name, () => method(Base(bits), displacement: 8, size: size), $"{op} {Word(size)} [{Low(Base(bits))} + 8]");
                yield return Case(bits, name, () => method("target", isIndirect: true, size: size), $"{op} {Word(size)} [{Rel(bits)}target]");
            }

            yield return Case(bits, name, () => method(0x3000u, isIndirect: true), $"{op} dword [0x3000]");
        }
    }

    private static IEnumerable<InstructionCase> Shifts(int bits)
    {
        (string Name, string Mnemonic, ShiftMethod Method)[] methods =
        {
            (nameof(XS.ShiftLeft), "shl", XS.ShiftLeft), (nameof(XS.ShiftLeftArithmetic), "shl", XS.ShiftLeftArithmetic),
            (nameof(XS.ShiftRight), "shr", XS.ShiftRight), (nameof(XS.ShiftRightArithmetic), "sar", XS.ShiftRightArithmetic),
            (nameof(XS.RotateLeft), "rol", XS.RotateLeft), (nameof(XS.RotateRight), "ror", XS.RotateRight),
            (nameof(XS.RotateThroughCarryRight), "rcr", XS.RotateThroughCarryRight),
        };
        foreach ((string name, string op, ShiftMethod method) in methods)
        {
            foreach (Register[] pair in Pairs(bits))
            {
                Register a = pair[0];
                yield return Case(bits, name, () => method(a, 3), $"{op} {Low(a)}, 3");
                yield return Case(bits, name, () => method(a, CL), $"{op} {Low(a)}, cl");
            }

            foreach (RegisterSize size in Sizes(bits))
            {
                yield return Case(bits, name, () => method(Base(bits), 5, destinationDisplacement: 4, size: size), $"{op} {Word(size)} [{Low(Base(bits))} + 4], 5");
                yield return Case(bits, name, () => method(Base(bits), CL, destinationIsIndirect: true, size: size), $"{op} {Word(size)} [{Low(Base(bits))}], cl");
            }
        }

        string at = Low(Base(bits));
        yield return Case(bits, nameof(XS.ShiftLeftDouble), () => XS.ShiftLeftDouble(EAX, EDX, 7), "shld eax, edx, 7");
        yield return Case(bits, nameof(XS.ShiftLeftDouble), () => XS.ShiftLeftDouble(Base(bits), EDX, CL, destinationDisplacement: 4), $"shld dword [{at} + 4], edx, cl");
        yield return Case(bits, nameof(XS.ShiftRightDouble), () => XS.ShiftRightDouble(AX, DX, CL), "shrd ax, dx, cl");
        if (bits == 64)
        {
            yield return Case(bits, nameof(XS.ShiftRightDouble), () => XS.ShiftRightDouble(RAX, R9, 63), "shrd rax, r9, 0x3f");
            yield return Case(bits, nameof(XS.ShiftLeft), () => XS.ShiftLeft(RDX, 32), "shl rdx, 0x20");
        }
    }

    private static IEnumerable<InstructionCase> Moves(int bits)
    {
        Register pointer = Pointer(bits);
        string p = Low(pointer);
        string at = Low(Base(bits));
        string rel = Rel(bits);
        foreach (Register control in new Register[] { CR0, CR2, CR3, CR4, DR0, DR1, DR2, DR3, DR6, DR7 })
        {
            yield return Case(bits, nameof(XS.Set), () => XS.Set(pointer, control), $"mov {p}, {Low(control)}");
            yield return Case(bits, nameof(XS.Set), () => XS.Set(control, pointer), $"mov {Low(control)}, {p}");
        }

        // Without an operand-size prefix the processor reads the register's lower half all the same.
        foreach (Register segment in new Register[] { DS, ES, SS, FS, GS })
        {
            yield return Case(bits, nameof(XS.Set), () => XS.Set(segment, AX), $"mov {Low(segment)}, eax");
            yield return Case(bits, nameof(XS.Set), () => XS.Set(CX, segment), $"mov cx, {Low(segment)}");
        }

        yield return Case(bits, nameof(XS.Set), () => XS.Set(CX, CS), "mov cx, cs");
        yield return Case(bits, nameof(XS.SetByte), () => XS.SetByte(0xB8000, 0x41), "mov byte [0xb8000], 0x41");
        yield return Case(bits, nameof(XS.Lea), () => XS.Lea(pointer, Base(bits), sourceDisplacement: 8), $"lea {p}, [{at} + 8]");
        yield return Case(bits, nameof(XS.Lea), () => XS.Lea(ECX, "target", sourceIsIndirect: true), $"lea ecx, [{rel}target]");
        yield return Case(bits, nameof(XS.Lea), () => XS.Lea(pointer, Base(bits)), $"lea {p}, [{at}]");
        yield return Case(bits, nameof(XS.Exchange), () => XS.Exchange(ECX, EDX), "xchg ecx, edx");
        yield return Case(bits, nameof(XS.Exchange), () => XS.Exchange(Base(bits), DL, destinationIsIndirect: true), $"xchg dl, byte [{at}]");
        yield return Case(bits, nameof(XS.Exchange), () => XS.Exchange(Base(bits), pointer, destinationDisplacement: 8), $"xchg {p}, {(bits == 64 ? "qword" : "dword")} [{at} + 8]");
        yield return Case(bits, nameof(XS.Test), () => XS.Test(EDX, ECX), "test edx, ecx");
        yield return Case(bits, nameof(XS.Test), () => XS.Test(DL, Small), "test dl, 0x12");
        yield return Case(bits, nameof(XS.Test), () => XS.Test(EDX, 0x80000000u), "test edx, 0x80000000");
        yield return Case(bits, nameof(XS.Test), () => XS.Test(DX, Base(bits), sourceDisplacement: 2), $"test word [{at} + 2], dx");
        yield return Case(bits, nameof(XS.Test), () => XS.Test(EDX, "target", sourceIsIndirect: true), $"test dword [{rel}target], edx");
        yield return Case(bits, nameof(XS.IntegerMultiply), () => XS.IntegerMultiply(ECX, EDX), "imul ecx, edx");
        yield return Case(bits, nameof(XS.IntegerMultiply), () => XS.IntegerMultiply(ECX, Small), "imul ecx, 0x12");
        yield return Case(bits, nameof(XS.IntegerMultiply), () => XS.IntegerMultiply(ECX, Base(bits), sourceDisplacement: 4), $"imul ecx, dword [{at} + 4]");

        foreach ((string name, string op, Action<Operand, Operand> registers, Action<Operand, Operand, int, RegisterSize> memory) in Extensions())
        {
            yield return Case(bits, name, () => registers(EDX, BL), $"{op} edx, bl");
            yield return Case(bits, name, () => registers(DX, BL), $"{op} dx, bl");
            yield return Case(bits, name, () => registers(EDX, SI), $"{op} edx, si");
            yield return Case(bits, name, () => memory(EDX, Base(bits), 6, RegisterSize.Byte8), $"{op} edx, byte [{at} + 6]");
            yield return Case(bits, name, () => memory(EDX, Base(bits), 6, RegisterSize.Short16), $"{op} edx, word [{at} + 6]");
            if (bits == 64)
            {
                string wide = op == "movzx" ? "mov r11d," : "movsxd r11,";
                yield return Case(bits, name, () => registers(RDX, R9W), $"{op} rdx, r9w");
                yield return Case(bits, name, () => registers(R11, ECX), $"{wide} ecx");
                yield return Case(bits, name, () => memory(R11, RSP, 16, RegisterSize.Int32), $"{wide} dword [rsp + 0x10]");
            }
        }

        yield return Case(bits, nameof(XS.StoreByteInString), XS.StoreByteInString, "stosb");
        yield return Case(bits, nameof(XS.StoreWordInString), XS.StoreWordInString, "stosw");
        yield return Case(bits, nameof(XS.SignExtendAX), () => XS.SignExtendAX(RegisterSize.Byte8), "cbw");
        yield return Case(bits, nameof(XS.SignExtendAX), () => XS.SignExtendAX(RegisterSize.Short16), "cwd");
        yield return Case(bits, nameof(XS.SignExtendAX), () => XS.SignExtendAX(RegisterSize.Int32), "cdq");
        if (bits == 64)
        {
            yield return Case(bits, nameof(XS.SignExtendAX), () => XS.SignExtendAX(RegisterSize.Long64), "cqo");
            yield return Case(bits, nameof(XS.Set), () => XS.Set(R9, 0x1122334455667788ul), "mov r9, 0x1122334455667788");
            yield return Case(bits, nameof(XS.Set), () => XS.Set(R9, "target"), "mov r9, 0");
            yield return Case(bits, nameof(XS.Set), () => XS.Set(CR8, RAX), "mov cr8, rax");
            yield return Case(bits, nameof(XS.Set), () => XS.Set(R9, CR8), "mov r9, cr8");
            yield return Case(bits, nameof(XS.And), () => XS.And(RSP, 0xFFFFFFFFFFFFFFF0ul), "and rsp, 0xfffffffffffffff0");
            yield return Case(bits, nameof(XS.Add), () => XS.Add(RAX, 0x7FFFFFFFu), "add rax, 0x7fffffff");
            yield return Case(bits, nameof(XS.Lea), () => XS.Lea(R9, "target"), "lea r9, [rel target]");
        }
    }

    private static IEnumerable<(string Name, string Mnemonic, Action<Operand, Operand> Registers, Action<Operand, Operand, int, RegisterSize> Memory)> Extensions()
    {
        yield return (nameof(XS.MoveZeroExtend), "movzx", (d, s) => XS.MoveZeroExtend(d, s), (d, s, o, n) => XS.MoveZeroExtend(d, s, sourceDisplacement: o, size: n));
        yield return (nameof(XS.MoveSignExtend), "movsx", (d, s) => XS.MoveSignExtend(d, s), (d, s, o, n) => XS.MoveSignExtend(d, s, sourceDisplacement: o, size: n));
    }

    private static IEnumerable<InstructionCase> Stack(int bits)
    {
        Register[] general = bits == 64 ? new Register[] { RAX, RBP, R8, R15, CX } : new Register[] { EAX, EBP, EDI, CX };
        foreach (Register register in general)
        {
            yield return Case(bits, nameof(XS.Push), () => XS.Push(register), "push " + Low(register));
            yield return Case(bits, nameof(XS.Pop), () => XS.Pop(register), "pop " + Low(register));
        }

        Register[] segments = bits == 64 ? new Register[] { FS, GS } : new Register[] { DS, ES, SS, FS, GS };
        foreach (Register segment in segments)
        {
            yield return Case(bits, nameof(XS.Push), () => XS.Push(segment), "push " + Low(segment));
            yield return Case(bits, nameof(XS.Pop), () => XS.Pop(segment), "pop " + Low(segment));
        }

        string natural = bits == 64 ? "qword" : "dword";
        string at = Low(Base(bits));
        yield return Case(bits, nameof(XS.Push), () => XS.Push(Small), "push 0x12");
        yield return Case(bits, nameof(XS.Push), () => XS.Push(0x12345678u), "push 0x12345678");
        yield return Case(bits, nameof(XS.Push), () => XS.Push("target"), "push 0");
        yield return Case(bits, nameof(XS.Push), () => XS.Push("target", isIndirect: true), $"push {natural} [{Rel(bits)}target]");
        yield return Case(bits, nameof(XS.Push), () => XS.Push(Base(bits), displacement: -8), $"push {natural} [{at} - 8]");
        yield return Case(bits, nameof(XS.Pop), () => XS.Pop(Base(bits), displacement: 24), $"pop {natural} [{at} + 0x18]");
        yield return Case(bits, nameof(XS.Pushfd), XS.Pushfd, "pushf");
        yield return Case(bits, nameof(XS.Popfd), XS.Popfd, "popf");
        string[] all = { "rax", "rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };
        yield return Case(bits, nameof(XS.PushAllRegisters), XS.PushAllRegisters, bits == 64 ? all.Select(r => "push " + r).ToArray() : new[] { "pusha" });
        yield return Case(bits, nameof(XS.PopAllRegisters), XS.PopAllRegisters, bits == 64 ? all.Reverse().Select(r => "pop " + r).ToArray() : new[] { "popa" });
    }

    private static IEnumerable<InstructionCase> Flow(int bits)
    {
        Register pointer = Pointer(bits);
        string p = Low(pointer);
        string natural = bits == 64 ? "qword" : "dword";
        string at = Low(Base(bits));
        (string Name, string Mnemonic, Action<Operand, bool, int?> Method)[] transfers =
        {
            (nameof(XS.Jump), "jmp", XS.Jump), (nameof(XS.Call), "call", XS.Call),
        };
        foreach ((string name, string op, Action<Operand, bool, int?> method) in transfers)
        {
            yield return Case(bits, name, () => method("target", false, null), $"{op} target");
            yield return Case(bits, name, () => method(pointer, false, null), $"{op} {p}");
            yield return Case(bits, name, () => method(Base(bits), false, 16), $"{op} {natural} [{at} + 0x10]");
            yield return Case(bits, name, () => method("target", true, null), $"{op} {natural} [{Rel(bits)}target]");
        }

        foreach ((ConditionalTestEnum condition, string suffix) in s_conditions)
        {
            yield return Case(bits, nameof(XS.Jump), () => XS.Jump(condition, "target"), $"j{suffix} target");
            yield return Case(bits, nameof(XS.SetByteOnCondition), () => XS.SetByteOnCondition(condition, DL), $"set{suffix} dl");
            yield return Case(bits, nameof(XS.SetByteOnCondition), () => XS.SetByteOnCondition(condition, Base(bits), isIndirect: true), $"set{suffix} byte [{at}]");
        }

        yield return Case(bits, nameof(XS.Return), XS.Return, "ret");
        yield return Case(bits, nameof(XS.Return), () => XS.Return(12), "ret 0xc");
        yield return Case(bits, nameof(XS.InterruptReturn), XS.InterruptReturn, bits == 64 ? "iretq" : "iret");
        yield return Case(bits, nameof(XS.Interrupt), () => XS.Interrupt(0x80), "int 0x80");
        yield return Case(bits, nameof(XS.Int3), XS.Int3, "int3");
        if (bits == 32)
        {
            yield return Case(bits, nameof(XS.JumpToSegment), () => XS.JumpToSegment(8, "target"), "jmp target:target");
        }

        yield return Case(
            bits,
            nameof(XS.Label),
            () =>
            {
                XS.Label(".again");
                XS.Jump(ConditionalTestEnum.NotZero, ".again");
            },
            "jne target");
        yield return Case(bits, nameof(XS.Comment), () => XS.Comment("first\nsecond"));
        yield return Case(bits, nameof(XS.LiteralCode), () => XS.LiteralCode($"invlpg [{Low(pointer)}]"), $"invlpg [{p}]");
    }

    private static readonly (ConditionalTestEnum Condition, string Suffix)[] s_conditions =
    {
        (ConditionalTestEnum.Overflow, "o"), (ConditionalTestEnum.NoOverflow, "no"), (ConditionalTestEnum.Below, "b"), (ConditionalTestEnum.AboveOrEqual, "ae"),
        (ConditionalTestEnum.Equal, "e"), (ConditionalTestEnum.NotEqual, "ne"), (ConditionalTestEnum.BelowOrEqual, "be"), (ConditionalTestEnum.Above, "a"),
        (ConditionalTestEnum.Sign, "s"), (ConditionalTestEnum.NotSign, "ns"), (ConditionalTestEnum.Parity, "p"), (ConditionalTestEnum.NotParity, "np"),
        (ConditionalTestEnum.LessThan, "l"), (ConditionalTestEnum.GreaterThanOrEqualTo, "ge"), (ConditionalTestEnum.LessThanOrEqualTo, "le"),
        (ConditionalTestEnum.GreaterThan, "g"), (ConditionalTestEnum.Zero, "e"), (ConditionalTestEnum.NotZero, "ne"), (ConditionalTestEnum.NotBelow, "ae"),
        (ConditionalTestEnum.NotAbove, "be"), (ConditionalTestEnum.NotLessThan, "ge"), (ConditionalTestEnum.NotGreaterThan, "le"),
    };

    private static IEnumerable<InstructionCase> Machine(int bits)
    {
        (string Name, Action Method, string Expected)[] simple =
        {
            (nameof(XS.ClearInterruptFlag), XS.ClearInterruptFlag, "cli"), (nameof(XS.DisableInterrupts), XS.DisableInterrupts, "cli"),
            (nameof(XS.EnableInterrupts), XS.EnableInterrupts, "sti"), (nameof(XS.ClearDirectionFlag), XS.ClearDirectionFlag, "cld"),
            (nameof(XS.Halt), XS.Halt, "hlt"), (nameof(XS.Noop), XS.Noop, "nop"), (nameof(XS.Pause), XS.Pause, "pause"),
            (nameof(XS.DebugNoop), XS.DebugNoop, "xchg bx, bx"), (nameof(XS.Cpuid), XS.Cpuid, "cpuid"), (nameof(XS.Rdtsc), XS.Rdtsc, "rdtsc"),
            (nameof(XS.Rdmsr), XS.Rdmsr, "rdmsr"), (nameof(XS.Wrmsr), XS.Wrmsr, "wrmsr"), (nameof(XS.LoadFence), XS.LoadFence, "lfence"),
            (nameof(XS.StoreFence), XS.StoreFence, "sfence"), (nameof(XS.MemoryFence), XS.MemoryFence, "mfence"),
        };
        foreach ((string name, Action method, string expected) in simple)
        {
            yield return Case(bits, name, method, expected);
        }

        foreach (Register register in new Register[] { AL, AX, EAX })
        {
            yield return Case(bits, nameof(XS.ReadFromPortDX), () => XS.ReadFromPortDX(register), $"in {Low(register)}, dx");
            yield return Case(bits, nameof(XS.WriteToPortDX), () => XS.WriteToPortDX(register), $"out dx, {Low(register)}");
        }

        string at = Low(Base(bits));
        string save = bits == 64 ? "64" : "";
        (string Name, string Mnemonic, Action<Operand, bool, int?> Method)[] places =
        {
            (nameof(XS.LoadGdt), "lgdt", XS.LoadGdt), (nameof(XS.LoadIdt), "lidt", XS.LoadIdt), (nameof(XS.StoreGdt), "sgdt", XS.StoreGdt),
            (nameof(XS.StoreIdt), "sidt", XS.StoreIdt), (nameof(XS.SSE.FXSave), "fxsave" + save, XS.SSE.FXSave),
            (nameof(XS.SSE.FXRestore), "fxrstor" + save, XS.SSE.FXRestore),
        };
        foreach ((string name, string op, Action<Operand, bool, int?> method) in places)
        {
            yield return Case(bits, name, () => method(Base(bits), true, null), $"{op} [{at}]");
            yield return Case(bits, name, () => method(Base(bits), false, 2), $"{op} [{at} + 2]");
            yield return Case(bits, name, () => method("target", true, null), $"{op} [{Rel(bits)}target]");
        }

        yield return Case(bits, nameof(XS.LoadTaskRegister), () => XS.LoadTaskRegister(AX), "ltr ax");
        yield return Case(bits, nameof(XS.SSE.MoveUPS), () => XS.SSE.MoveUPS(XMM0, Base(bits), sourceDisplacement: 16), $"movups xmm0, oword [{at} + 0x10]");
        yield return Case(bits, nameof(XS.SSE.MoveUPS), () => XS.SSE.MoveUPS(Base(bits), XMM7, destinationIsIndirect: true), $"movups oword [{at}], xmm7");
        yield return Case(bits, nameof(XS.SSE.XorPS), () => XS.SSE.XorPS(XMM1, XMM1), "xorps xmm1, xmm1");
        yield return Case(bits, nameof(XS.SSE.XorPS), () => XS.SSE.XorPS(XMM1, Base(bits), sourceIsIndirect: true), $"xorps xmm1, oword [{at}]");
        foreach (int number in Enumerable.Range(0, bits == 64 ? 16 : 8))
        {
            RegisterXMM xmm = (RegisterXMM)typeof(XSRegisters).GetField("XMM" + number.ToString(CultureInfo.InvariantCulture))!.GetValue(null)!;
            yield return Case(bits, nameof(XS.SSE.MoveUPS), () => XS.SSE.MoveUPS(xmm, xmm), $"movups xmm{number}, xmm{number}");
        }
    }
}
