using Cosmos.Core;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Processes;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Programs of a few instructions in ring 3: they come back with what they did, and can do nothing else.</summary>
public static unsafe class UserChecks
{
    private const AreaAccess Data = AreaAccess.Read | AreaAccess.Write;
    private const ulong StackPages = 4;
    private const ulong ProtectionVector = 13;
    private const int ProgramCount = 100;
    private const ulong WorkLimitNanoseconds = 5_000_000_000;
    private const int MoveCount = 60; // Of 256 bytes of the stack each, so that pages come on every processor.

    private static Process? s_program;
    private static CheckRecorder? s_recorder;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("user.a program runs in ring 3 and comes back with its registers", Registers);
        suite.Add("user.vector registers are the program's own", VectorRegisters);
        suite.Add("user.a program cannot reach the kernel, and its instructions fault", Refused);
        suite.Add("user.two programs see their own memory at one address", TwoPrograms);
        suite.Add("user.a program goes from processor to processor and finds what is its own", Moves);
        suite.Add("user.the kernel cannot touch a program's pages by accident", Accidents);
        suite.Add("user.a hundred programs leave nothing", NothingLeft);
    }

    private static void Registers(CheckRecorder recorder)
    {
        // mov eax, 0x1122; mov [rsp-8], rax; syscall; inc rax; lea rbx, [rax+rax]; std; syscall
        byte[] code =
        {
            0xB8, 0x22, 0x11, 0, 0, 0x48, 0x89, 0x44, 0x24, 0xF8, 0x0F, 0x05, 0x48, 0xFF, 0xC0, 0x48, 0x8D, 0x1C, 0x00, 0xFD, 0x0F, 0x05,
        };
        Process? program = Start(code, recorder);
        if (program == null) return;
        Expect(program, ProcessStop.SystemCall, recorder);
        recorder.Equal(0x1122, (long)program.Context->Rax, "rax at the first call");
        recorder.Equal((long)FaultOutcome.Zeroed, (long)program.LastFault, "how the stack's page came");
        ulong word = 0;
        recorder.Equal(8, (long)program.Memory.CopyFrom((byte*)&word, VirtAddr.FromTrusted(program.Context->Rsp - 8), 8), "bytes of the stack");
        recorder.Equal(0x1122, (long)word, "what was pushed");
        program.Context->Rax = 41;
        Expect(program, ProcessStop.SystemCall, recorder);
        recorder.Equal(42, (long)program.Context->Rax, "rax at the second call");
        recorder.Equal(84, (long)program.Context->Rbx, "rbx at the second call");
        recorder.Expect((program.Context->Rflags & 1 << 10) != 0, "the direction flag is not the program's");
        program.Destroy();
    }

    private static void VectorRegisters(CheckRecorder recorder)
    {
        // movq xmm7, rdi; syscall; movq rax, xmm7; syscall
        byte[] code = { 0x66, 0x48, 0x0F, 0x6E, 0xFF, 0x0F, 0x05, 0x66, 0x48, 0x0F, 0x7E, 0xF8, 0x0F, 0x05 };
        Process? first = Start(code, recorder);
        Process? second = Start(code, recorder);
        if (first == null || second == null) return;
        first.Context->Rdi = 0x1111_2222_3333_4444;
        second.Context->Rdi = 0x5555_6666_7777_8888;
        Expect(first, ProcessStop.SystemCall, recorder);
        Expect(second, ProcessStop.SystemCall, recorder);
        Expect(first, ProcessStop.SystemCall, recorder);
        Expect(second, ProcessStop.SystemCall, recorder);
        recorder.Equal(0x1111_2222_3333_4444, (long)first.Context->Rax, "the first one's");
        recorder.Equal(0x5555_6666_7777_8888, (long)second.Context->Rax, "the second one's");
        first.Destroy();
        second.Destroy();
    }

    private static void Refused(CheckRecorder recorder)
    {
        byte[] read = { 0x48, 0x8B, 0x07 }; // mov rax, [rdi]
        Process? program = Start(read, recorder);
        if (program == null) return;
        program.Context->Rdi = KernelMemory.Image.TextStart.Value;
        Expect(program, ProcessStop.BadAccess, recorder);
        const PageFaultError Expected = PageFaultError.User | PageFaultError.Protection;
        recorder.Equal((long)Expected, (long)program.Context->ErrorCode, "the error code of a kernel address");
        recorder.Equal((long)FaultOutcome.NoArea, (long)program.LastFault, "why");
        program.Context->Rdi = 0;
        Expect(program, ProcessStop.BadAccess, recorder);
        program.Destroy();

        byte[] halt = { 0xF4 };
        program = Start(halt, recorder);
        if (program == null) return;
        Expect(program, ProcessStop.Exception, recorder);
        recorder.Equal((long)ProtectionVector, (long)program.Context->Reason, "the vector of HLT");
        program.Destroy();

        byte[] write = { 0xC6, 0x05, 0xF9, 0xFF, 0xFF, 0xFF, 0x90 }; // mov byte [rip-7], 0x90: itself
        program = Start(write, recorder);
        if (program == null) return;
        Expect(program, ProcessStop.BadAccess, recorder);
        recorder.Equal((long)FaultOutcome.Denied, (long)program.LastFault, "a write to code");
        program.Context->Rip = program.Context->Rsp - 64;
        Expect(program, ProcessStop.BadAccess, recorder);
        recorder.Equal((long)FaultOutcome.Denied, (long)program.LastFault, "a jump to the stack");
        program.Destroy();
    }

    private static void TwoPrograms(CheckRecorder recorder)
    {
        byte[] code = { 0x48, 0x01, 0x7C, 0x24, 0xF8, 0x48, 0x8B, 0x44, 0x24, 0xF8, 0x0F, 0x05, 0xEB, 0xF2 }; // add [rsp-8], rdi; mov rax, [rsp-8]; syscall; again
        Process? first = Start(code, recorder);
        Process? second = Start(code, recorder);
        if (first == null || second == null) return;
        first.Context->Rdi = 3;
        second.Context->Rdi = 5;
        for (int round = 1; round <= 100; round++)
        {
            Expect(first, ProcessStop.SystemCall, recorder);
            Expect(second, ProcessStop.SystemCall, recorder);
            recorder.Equal(3 * round, (long)first.Context->Rax, "the first one's sum");
            recorder.Equal(5 * round, (long)second.Context->Rax, "the second one's sum");
        }

        first.Destroy();
        second.Destroy();
    }

    private static void Moves(CheckRecorder recorder)
    {
        // again: movq rax, xmm7; add rax, rdi; movq xmm7, rax; push rax; push rax; sub rsp, 240; syscall; jmp again
        byte[] code =
        {
            0x66, 0x48, 0x0F, 0x7E, 0xF8, 0x48, 0x01, 0xF8, 0x66, 0x48, 0x0F, 0x6E, 0xF8, 0x50, 0x50, 0x48, 0x81, 0xEC, 0xF0, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xE6,
        };
        s_program = Start(code, recorder);
        if (s_program == null) return;
        s_recorder = recorder;
        s_program.Context->Rdi = 7;
        for (int step = 1; step <= MoveCount && recorder.Failure == null; step++)
        {
            int number = step % CrossCalls.Count;
            CpuId cpu = CpuId.FromTrusted(number);
            if (number == 0 || !CrossCalls.TryStartWork(cpu, &RunOnce, 0)) RunOnce(0);
            ulong start = Clock.Nanoseconds;
            while (number != 0 && CrossCalls.HasWork(cpu) && Clock.Nanoseconds - start < WorkLimitNanoseconds) Cpu.Pause();
            bool hasEnded = number == 0 || !CrossCalls.HasWork(cpu);
            recorder.Expect(hasEnded, cpu.ToString() + " does not come to an end");
            if (!hasEnded) return;
            recorder.Equal(7 * step, (long)s_program.Context->Rax, "the sum in a vector register on " + cpu.ToString());
            ulong word = 0;
            s_program.Memory.CopyFrom((byte*)&word, VirtAddr.FromTrusted(s_program.Context->Rsp + 240), sizeof(ulong));
            recorder.Equal(7 * step, (long)word, "the sum on the stack");
        }

        s_program.Destroy();
        s_program = null;
        s_recorder = null;
    }

    private static void RunOnce(CosmosAddress ignored)
    {
        _ = ignored;
        Expect(s_program!, ProcessStop.SystemCall, s_recorder!);
    }

    private static void Accidents(CheckRecorder recorder)
    {
        byte[] code = { 0x0F, 0x05 };
        Process? program = Start(code, recorder);
        if (program == null) return;
        Expect(program, ProcessStop.SystemCall, recorder);
        VirtAddr place = program.Places.Image.Start;
        recorder.Expect(Cpu.ProbeRead8(place, out _).Faulted, "the kernel's own tables have a program's page");
        program.LoadTables();
        recorder.Expect(program.Memory.IsResident(place, out _), "the program's page is not there");
        bool isDataGuarded = ProcessorState.Features.Has(CpuFeature.Smap);
        recorder.Expect(Cpu.ProbeRead8(place, out _).Faulted == isDataGuarded, "a read of a program's page");
        recorder.Expect(Cpu.ProbeWrite8(place, 0).Faulted, "a write to a program's code");
        // Without SMEP it would run: SYSCALL as the kernel.
        bool isCodeGuarded = ProcessorState.Features.Has(CpuFeature.Smep);
        recorder.Expect(!isCodeGuarded || Cpu.ProbeExecute(place).Faulted, "a jump to a program's page");
        program.Destroy();
    }

    private static void NothingLeft(CheckRecorder recorder)
    {
        byte[] code = { 0x50, 0x0F, 0x05 }; // push rax; syscall
        Process? program = Start(code, recorder);
        if (program == null) return; // The frame of zeros and the heap's slabs are there from now on.
        program.Destroy();
        ulong before = Owned;
        for (int round = 0; round < ProgramCount && recorder.Failure == null; round++)
        {
            program = Start(code, recorder);
            if (program == null) return;
            Expect(program, ProcessStop.SystemCall, recorder);
            program.Destroy();
        }

        recorder.Equal((long)before, (long)Owned, "frames of pages and tables");
    }

    private static ulong Owned => KernelMemory.Frames.OwnedBy(FrameOwner.User) + KernelMemory.TablesInUse;

    // Interrupts may come in between.
    private static void Expect(Process program, ProcessStop expected, CheckRecorder recorder)
    {
        ProcessStop stop = program.Run();
        while (stop == ProcessStop.Interrupt) stop = program.Run();
        recorder.Equal((long)expected, (long)stop, "why the program stopped");
        KernelMemory.Space.Load();
    }

    private static Process? Start(byte[] code, CheckRecorder recorder)
    {
        Process? program = Process.TryCreate(UserLayout.For(LayoutPreset.Veridian).Choose(default));
        recorder.Expect(program != null, "no memory for a process");
        if (program == null) return null;
        VirtAddr image = program.Places.Image.Start;
        VirtAddr stack = program.Places.StackTop.Start;
        MapRequest text = new(image, Placement.Fixed, PageNumber.SizeBytes, AreaKind.Private, Data, null, 0);
        MapRequest pages = new((program.Places.StackTop - StackPages).Start, Placement.Fixed, PageNumber.BytesOf(StackPages), AreaKind.Stack, Data, null, 0);
        recorder.Expect(program.Memory.Map(in text, out _) == UserError.None && program.Memory.Map(in pages, out _) == UserError.None, "no areas");
        fixed (byte* bytes = code)
        {
            recorder.Equal(code.Length, (long)program.Memory.CopyTo(image, bytes, (ulong)code.Length), "bytes of code");
        }

        recorder.Expect(program.Memory.Protect(image, PageNumber.SizeBytes, AreaAccess.Read | AreaAccess.Execute) == UserError.None, "code stays data");
        program.Context->Rip = image.Value;
        program.Context->Rsp = stack.Value;
        return program;
    }
}
