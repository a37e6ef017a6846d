using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MemOS.Hardware;
using MemOS.Kit.Tests.XSharp;
using NUnit.Framework;
using XSharp;
using static XSharp.XSRegisters;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Plugs;

/// <summary>The x86-64 bodies that need no privilege, called as the kernel calls them.</summary>
[TestFixture]
public sealed unsafe class PlugExecutionTests
{
    private static readonly Register64[] s_callers = [RBX, RBP, R12, R13, R14, R15];

    [TestCase(0u, 0u)]
    [TestCase(1u, 0u)]
    [TestCase(4u, 0u)]
    [TestCase(4u, 2u)]
    [TestCase(0x80000000u, 0u)]
    public void Cpuid_is_the_processors(uint leaf, uint subleaf)
    {
        using HostCode code = Load("IdentificationPlugs.ReadCpuid");
        CpuidResult result;
        ((delegate* unmanaged<uint, uint, CpuidResult*, void>)code.Start)(leaf, subleaf, &result);
        (int eax, int ebx, int ecx, int edx) = X86Base.CpuId((int)leaf, (int)subleaf);
        // Leaf 1's EBX names the processor that this thread happens to run on.
        uint mask = leaf == 1 ? 0x00FF_FFFFu : uint.MaxValue;
        Assert.That((result.Eax, result.Ebx & mask, result.Ecx, result.Edx), Is.EqualTo(((uint)eax, (uint)ebx & mask, (uint)ecx, (uint)edx)));
    }

    [Test]
    public void The_time_stamp_counts_up_in_64_bits()
    {
        using HostCode code = Load("IdentificationPlugs.ReadTimestamp");
        delegate* unmanaged<ulong> read = (delegate* unmanaged<ulong>)code.Start;
        ulong previous = read();
        for (int i = 0; i < 1000; i++)
        {
            ulong now = read();
            Assert.That(now - previous, Is.LessThan(1ul << 40));
            previous = now;
        }
    }

    [Test]
    public void A_random_word_comes_with_a_sign_that_it_is_one()
    {
        // RDRAND is bit 30 of ECX in leaf 1; processors without it are not worth a failure.
        if ((X86Base.CpuId(1, 0).Ecx >> 30 & 1) == 0) Assert.Ignore("the processor has no RDRAND");
        using HostCode code = Load("RandomPlugs.ReadRandom");
        delegate* unmanaged<ulong> read = (delegate* unmanaged<ulong>)code.Start;
        ulong[] words = new ulong[8];
        for (int i = 0; i < words.Length; i++) words[i] = read();
        Assert.That(words, Is.All.GreaterThanOrEqualTo(0xFFFF_FFFF_0000_0000));
        Assert.That(words, Is.Unique);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4097)]
    public void FillBytes_fills_as_many_bytes_as_asked(int count)
    {
        using HostCode code = Load("MemoryPlugs.FillBytes");
        byte[] memory = new byte[count + 2];
        fixed (byte* start = memory)
        {
            ((delegate* unmanaged<byte*, byte, nuint, void>)code.Start)(start + 1, 0xA5, (nuint)count);
        }

        Assert.That((memory[0], memory[^1]), Is.EqualTo(((byte)0, (byte)0)));
        Assert.That(memory.AsSpan(1, count).IndexOfAnyExcept((byte)0xA5), Is.EqualTo(-1));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4097)]
    public void CopyBytes_copies_as_many_bytes_as_asked(int count)
    {
        using HostCode code = Load("MemoryPlugs.CopyBytes");
        byte[] source = new byte[count];
        new Random(7).NextBytes(source);
        byte[] memory = new byte[count + 2];
        fixed (byte* from = source)
        fixed (byte* to = memory)
        {
            ((delegate* unmanaged<byte*, byte*, nuint, void>)code.Start)(to + 1, from, (nuint)count);
        }

        Assert.That((memory[0], memory[^1]), Is.EqualTo(((byte)0, (byte)0)));
        Assert.That(memory.AsSpan(1, count).SequenceEqual(source), Is.True);
    }

    [Test]
    public void ReadFlags_reads_the_flags()
    {
        const ulong AlwaysSet = 1 << 1;
        const ulong InterruptsOn = 1 << 9;
        using HostCode code = Load("InterruptPlugs.ReadFlags");
        ulong flags = ((delegate* unmanaged<ulong>)code.Start)();
        Assert.That(flags & (AlwaysSet | InterruptsOn), Is.EqualTo(AlwaysSet | InterruptsOn));
    }

    [Test]
    public void ReadStackPointer_is_the_callers()
    {
        // The caller tells what its stack pointer is and gets what the plug says.
        using HostCode code = Load("StackPlugs.ReadStackPointer", before: () =>
        {
            XS.Set(RDI, RSP, destinationIsIndirect: true);
            XS.Call("Body");
            XS.Return();
        });
        ulong caller;
        ulong told = ((delegate* unmanaged<ulong*, ulong>)code.Start)(&caller);
        Assert.That(told, Is.EqualTo(caller));
    }

    [Test]
    public void PushRegisters_shows_the_callers_registers_to_an_aligned_target_and_puts_them_back()
    {
        // The target copies what its argument points at to where R11 points, then the stack pointer that it was called with.
        using HostCode target = Emit(() =>
        {
            for (int i = 0; i < 6; i++)
            {
                XS.Set(RAX, RDI, sourceDisplacement: i * 8);
                XS.Set(R11, RAX, destinationDisplacement: i * 8);
            }

            XS.Set(R11, RSP, destinationDisplacement: 48);
            foreach (Register64 register in s_callers) XS.Set(register, 0);
            XS.Return();
        });
        using HostCode code = Load("StackPlugs.PushRegisters", before: () =>
        {
            foreach (Register64 register in s_callers) XS.Push(register);
            XS.Sub(RSP, 8);
            XS.Set(R11, RSI);
            for (uint i = 0; i < s_callers.Length; i++) XS.Set(s_callers[i], 0x1000 + i);
            XS.Call("Body");
            XS.Set(RAX, 0);
            for (uint i = 0; i < s_callers.Length; i++)
            {
                XS.Xor(s_callers[i], 0x1000 + i);
                XS.Or(RAX, s_callers[i]);
            }

            XS.Add(RSP, 8);
            for (int i = s_callers.Length - 1; i >= 0; i--) XS.Pop(s_callers[i]);
            XS.Return();
        });

        ulong* seen = stackalloc ulong[7];
        ulong changed = ((delegate* unmanaged<void*, ulong*, ulong>)code.Start)(target.Start, seen);
        Assert.That(changed, Is.Zero, "the callers' registers after the call");
        Assert.That(new Span<ulong>(seen, 6).ToArray(), Is.EquivalentTo(new ulong[] { 0x1000, 0x1001, 0x1002, 0x1003, 0x1004, 0x1005 }));
        Assert.That(seen[6] % 16, Is.EqualTo(8), "the stack is aligned where the target is called");
    }

    [Test]
    public void ReadFramePointer_is_the_callers()
    {
        using HostCode code = Load("StackPlugs.ReadFramePointer", before: () =>
        {
            XS.Push(RBP);
            XS.Set(RBP, RSP);
            XS.Set(RDI, RBP, destinationIsIndirect: true);
            XS.Call("Body");
            XS.Pop(RBP);
            XS.Return();
        });
        ulong caller;
        ulong told = ((delegate* unmanaged<ulong*, ulong>)code.Start)(&caller);
        Assert.That(told, Is.EqualTo(caller));
    }

    [Test]
    public void SwitchStack_runs_the_target_on_the_other_stack_and_comes_back([Values(0, 5)] int misalignment)
    {
        // The target writes where its stack is to where its argument points.
        using HostCode target = Emit(() =>
        {
            XS.Set(RDI, RSP, destinationIsIndirect: true);
            XS.Set(RBX, 0);
            XS.Set(RDI, RBP, destinationDisplacement: 8);
            XS.Return();
        });
        // Around the switch RBX is the caller's: it is told whether it came back as it was, apart from what the target does.
        using HostCode code = Load("StackPlugs.SwitchStack", before: () =>
        {
            XS.Push(RBX);
            XS.Push(RBP);
            XS.Push(R12);
            XS.Set(RBP, 0x1234);
            XS.Set(R12, RSP);
            XS.Call("Body");
            XS.Sub(R12, RSP);
            XS.Xor(RBP, 0x1234);
            XS.Lea(RAX, RBP);
            XS.Or(RAX, R12);
            XS.Pop(R12);
            XS.Pop(RBP);
            XS.Pop(RBX);
            XS.Return();
        });

        const int StackBytes = 4096;
        byte* stack = (byte*)NativeMemory.AlignedAlloc(StackBytes, 16);
        ulong* seen = stackalloc ulong[2];
        ulong changed = ((delegate* unmanaged<byte*, void*, ulong*, ulong>)code.Start)(stack + StackBytes - misalignment, target.Start, seen);
        NativeMemory.AlignedFree(stack);

        ulong top = (ulong)stack + StackBytes - (misalignment == 0 ? 0ul : 16ul);
        Assert.That(changed, Is.Zero, "RBP and RSP after the call");
        Assert.That(seen[0], Is.EqualTo(top - 8), "the return address is the first thing on the aligned stack");
    }

    [Test]
    public void SwitchContext_goes_on_where_the_other_stack_was_left_and_comes_back_with_what_a_call_keeps()
    {
        // Entered by the return on the other stack: RBX says where to write, RBP where the first stack's pointer is kept.
        using HostCode target = Emit(() =>
        {
            XS.Set(RBX, RSP, destinationIsIndirect: true);
            XS.Set(RBX, R12, destinationDisplacement: 8);
            XS.Set(RBX, R15, destinationDisplacement: 16);
            XS.Set(RSP, RBP, sourceIsIndirect: true);
            XS.Xor(RBX, RBX);
            XS.Xor(R12, R12);
            XS.Pop(R15);
            XS.Pop(R14);
            XS.Pop(R13);
            XS.Pop(R12);
            XS.Pop(RBP);
            XS.Pop(RBX);
            XS.Return();
        });
        using HostCode code = Load("StackPlugs.SwitchContext", before: () =>
        {
            XS.Push(RBX);
            XS.Push(R12);
            XS.Push(RBP);
            XS.Set(RBX, 0x1111);
            XS.Set(R12, 0x2222);
            XS.Call("Body");
            XS.Lea(RAX, RBX);
            XS.Sub(RAX, R12);
            XS.Pop(RBP);
            XS.Pop(R12);
            XS.Pop(RBX);
            XS.Return();
        });

        const int StackWords = 64;
        ulong* stack = stackalloc ulong[StackWords];
        ulong* seen = stackalloc ulong[3];
        ulong saved = 0;
        ulong* words = stack + StackWords - 8;
        words[0] = 15;
        words[3] = 12;
        words[4] = (ulong)&saved;
        words[5] = (ulong)seen;
        words[6] = (ulong)target.Start;
        ulong difference = ((delegate* unmanaged<ulong*, ulong*, ulong>)code.Start)(&saved, words);
        Assert.That((long)difference, Is.EqualTo(0x1111 - 0x2222), "RBX and R12 after the call");
        Assert.That(seen[0], Is.EqualTo((ulong)(words + 7)), "the other stack is as it was before its call");
        Assert.That((seen[1], seen[2]), Is.EqualTo((12UL, 15UL)));
    }

    [Test]
    public void ProbeLoad8_loads()
    {
        using HostCode code = Load("ProbePlugs.ProbeLoad8");
        byte source = 0x5A;
        byte loaded = 0;
        uint outcome = ((delegate* unmanaged<byte*, byte*, uint>)code.Start)(&source, &loaded);
        Assert.That((outcome, loaded), Is.EqualTo((0u, (byte)0x5A)));
    }

    [Test]
    public void ProbeStore8_stores()
    {
        using HostCode code = Load("ProbePlugs.ProbeStore8");
        ulong target = 0;
        uint outcome = ((delegate* unmanaged<byte*, byte, uint>)code.Start)((byte*)&target + 1, 0x5A);
        Assert.That((outcome, target), Is.EqualTo((0u, 0x5A00ul)));
    }

    [Test]
    public void ProbeCall_calls_and_forgets_what_the_target_left_in_the_accumulator()
    {
        using HostCode code = Load("ProbePlugs.ProbeCall");
        using HostCode target = Emit(() =>
        {
            XS.Set(RAX, 0xDEAD);
            XS.Return();
        });
        Assert.That(((delegate* unmanaged<void*, uint>)code.Start)(target.Start), Is.Zero);
    }

    [Test]
    public void ProbeCall_returns_the_outcome_when_the_target_faults_at_once()
    {
        const uint Outcome = 0x0010_010E;
        string source = PlugFlavour.Of(64).Emit("ProbePlugs.ProbeCall");
        using HostCode code = new(source);
        // The second pair: where the call returns to, and where it goes on when its target faults. In this format they are offsets.
        int pairsBytes = Nasm.Assemble(source, 64)[".fixups"].Length;
        ulong recovery = *(ulong*)(code.Start + code.Length - pairsBytes + 3 * sizeof(ulong)) + (ulong)code.Start;
        // The target does what the interrupt path does for a fault of its first instruction: the stack stays as the call left it.
        using HostCode target = Emit(() =>
        {
            XS.Set(RDX, recovery);
            XS.Set(EAX, Outcome);
            XS.Jump(RDX);
        });
        Assert.That(((delegate* unmanaged<void*, uint>)code.Start)(target.Start), Is.EqualTo(Outcome));
    }

    [Test]
    public void ProbeMove_copies_and_leaves_nothing()
    {
        using HostCode code = Load("ProbePlugs.ProbeMove");
        ReadOnlySpan<byte> text = "recoverable"u8;
        byte* copy = stackalloc byte[16];
        nuint remaining = 99;
        fixed (byte* from = text)
        {
            uint outcome = ((delegate* unmanaged<byte*, byte*, nuint, nuint*, uint>)code.Start)(copy, from, (nuint)text.Length, &remaining);
            Assert.That((outcome, remaining), Is.EqualTo((0u, (nuint)0)));
        }

        Assert.That(new ReadOnlySpan<byte>(copy, text.Length).SequenceEqual(text), Is.True);
    }

    private static HostCode Load(string name, Action? before = null)
    {
        AssemblerInstance assembler = new(64);
        if (before is not null)
        {
            using (assembler.Enter())
            {
                before();
            }
        }

        PlugFlavour.Of(64).EmitInto(assembler, name, "Body");
        return new HostCode(assembler.ToSource());
    }

    private static HostCode Emit(Action body)
    {
        AssemblerInstance assembler = new(64);
        using (assembler.Enter())
        {
            body();
        }

        return new HostCode(assembler.ToSource());
    }
}
