using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Cosmos.Build.Tools;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Boot;
using MemOS.Tests.Fakes;
using MemOS.Tests.Plugs;
using NUnit.Framework;

namespace MemOS.Tests.Mmu;

/// <summary>The 32-bit plugs at work in QEMU, and with them the page tables that a Cosmos kernel's OnBoot makes.</summary>
[TestFixture]
public sealed unsafe class CosmosImageTests
{
    private const ulong MiB = 1UL << 20;
    private const uint PatternOf = 0xC0DE_0000;
    private const uint ExtendedFeatures = 0xC000_0080;
    private const uint NoExecute = 1 << 11;
    private const uint PagingAndWriteProtection = (1u << 31) | (1u << 16);

    private readonly List<(string What, uint[] Words)> _steps = [];
    private readonly Dictionary<int, Action<uint[]>> _checks = [];
    private CosmosImage _image = null!;
    private TemporaryFolder _folder = null!;
    private HostMemory _tables;

    private static FrameRange TableFrames => new(PhysAddr.FromTrusted(8 * MiB).ContainingFrame, 1024);

    [SetUp]
    public void Begin()
    {
        _folder = new TemporaryFolder();
        _image = new CosmosImage(_folder.Path);
        _tables = HostMemory.Create(TableFrames.Start, TableFrames.Count);
        _steps.Clear();
        _checks.Clear();
    }

    [TearDown]
    public void End()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [TestCase(64)]
    [TestCase(1024)]
    public void Two_levels_are_switched_on_and_frames_above_shown(int mebibytes) => Run<X86TwoLevel>((ulong)mebibytes * MiB, isWide: false);

    [TestCase(64)]
    [TestCase(1024)]
    [TestCase(4096)]
    public void Pae_with_no_execute_is_switched_on_and_frames_above_shown(int mebibytes) => Run<X86Pae>((ulong)mebibytes * MiB, isWide: true);

    private void Run<TFormat>(ulong memoryBytes, bool isWide)
        where TFormat : struct, IPagingFormat
    {
        AddInstructions();
        AddProbes();
        using FirmwareMap firmware = MapOf(memoryBytes);
        MemoryMap map = firmware.Build();
        Assert.That(KernelLayout.TryIdentity(in map, out KernelLayout layout));
        FrameRange image = FrameRange.Covering(PhysAddr.FromTrusted(CosmosImage.Load), CosmosImage.LoadEnd - CosmosImage.Load);
        LowTables frames = new(_tables, TableFrames, FrameNumber.Shift);
        KernelBuildResult result = IdentityMapBuilder<HostMemory, TFormat, LowTables>.Build(
            _tables, frames, layout, in map, image, out PageMapper<HostMemory, TFormat, LowTables> mapper);
        Assert.That(result, Is.EqualTo(KernelBuildResult.Ok));
        Assert.That(TemporaryWindow<HostMemory, TFormat>.TryCreate(_tables, ref mapper, layout.Temporary.Start, out TemporaryWindow<HostMemory, TFormat> window));
        byte[] loaded = BytesOfTables();
        AddSwitch((uint)mapper.Root.Value, isWide);
        if (isWide) AddNoExecute();
        AddDemand<TFormat>(mapper.Walker, layout, isWide);
        FrameNumber[] shown = FramesAbove(map);
        Assert.That(shown.Length == 0, Is.EqualTo(memoryBytes <= 896 * MiB));
        AddShown(ref window, shown);
        Machine(memoryBytes, loaded, shown);
    }

    private void AddInstructions()
    {
        Call("DescriptorTablePlugs.LoadGdt", [_image.AddressOf("gdt_pointer"), 8, 16]);
        Call("DescriptorTablePlugs.LoadIdt", [_image.AddressOf("idt_pointer")]);
        Call("DescriptorTablePlugs.StoreGdt", [CosmosImage.Scratch + 0x100]);
        Peek(CosmosImage.Scratch + 0x102, _image.AddressOf("gdt"));
        Call("DescriptorTablePlugs.StoreIdt", [CosmosImage.Scratch + 0x110]);
        Peek(CosmosImage.Scratch + 0x112, _image.AddressOf("idt"));
        Call("DescriptorTablePlugs.LoadTaskRegister", [24]);

        // The interrupt controllers, masked; then a UART's scratch register in every width that a port has.
        Call("PortPlugs.Out8", [0x21, 0xFF]);
        Call("PortPlugs.Out8", [0xA1, 0xFF]);
        Call("PortPlugs.Out8", [0x3FF, 0xA7]);
        Call("PortPlugs.In8", [0x3FF], words => Assert.That(words[0], Is.EqualTo(0xA7)));
        Call("PortPlugs.Out32", [0xCF8, 0x8000_0000]);
        Call("PortPlugs.In32", [0xCFC], words => Assert.That(words[0] & 0xFFFF, Is.EqualTo(0x8086), "the host bridge is Intel's"));
        Call("PortPlugs.In16", [0xCFC], words => Assert.That(words[0], Is.EqualTo(0x8086)));
        Call("PortPlugs.Out16", [0x3FE, 0]);

        Call("InterruptPlugs.EnableInterrupts", []);
        Call("InterruptPlugs.ReadFlags", [], words => Assert.That(words[0] & (1 << 9), Is.Not.Zero));
        Call("InterruptPlugs.DisableInterrupts", [], words => Assert.That(words[0], Is.EqualTo(1)));
        Call("InterruptPlugs.DisableInterrupts", [], words => Assert.That(words[0], Is.Zero));
        Call("PortPlugs.Out8", [0x21, 0xFE]);
        Call("InterruptPlugs.WaitForInterrupt", [], words => Assert.That(words[4], Is.Not.Zero, "the timer came"));
        Call("InterruptPlugs.Halt", [], words => Assert.That(words[4], Is.Not.Zero, "the timer came again"));
        Call("InterruptPlugs.DisableInterrupts", [], words => Assert.That(words[0], Is.EqualTo(1)));
        Call("PortPlugs.Out8", [0x21, 0xFF]);
        Call("InterruptPlugs.Pause", []);
        Call("MemoryPlugs.MemoryFence", []);
        Call("MemoryPlugs.LoadFence", []);
        Call("MemoryPlugs.StoreFence", []);
        Call("MemoryPlugs.FillBytes", [CosmosImage.Scratch + 0x200, 0x3C, 6]);
        Call("MemoryPlugs.CopyBytes", [CosmosImage.Scratch + 0x220, CosmosImage.Scratch + 0x200, 8]);
        Peek(CosmosImage.Scratch + 0x220, 0x3C3C_3C3C);
        Peek(CosmosImage.Scratch + 0x224, 0x0000_3C3C);

        Call("IdentificationPlugs.ReadCpuid", [0, 0, CosmosImage.Scratch + 0x300]);
        Peek(CosmosImage.Scratch + 0x304, 0x6874_7541); // "Auth" of QEMU's AuthenticAMD
        Call("RandomPlugs.ReadRandom", [], words => Assert.That(words[1], Is.EqualTo(uint.MaxValue), "there was a random word"));
        Call("RandomPlugs.ReadSeed", [], words => Assert.That(words[1], Is.EqualTo(words[4] == 0 ? uint.MaxValue : 0), "RDSEED, or that there was none"));
        Call("ControlRegisterPlugs.Invpcid", [2, CosmosImage.Scratch + 0x700], words => Assert.That(words[4], Is.EqualTo(1), "QEMU has no INVPCID"));
        Peek(CosmosImage.Scratch + 0x600, 2);
        Peek(CosmosImage.Scratch + 0x604, CosmosImage.Scratch + 0x700);
        Call("LongPlugs.StoreLong", [CosmosImage.Scratch + 0x508, 0x89AB_CDEF, 0x0123_4567]);
        Peek(CosmosImage.Scratch + 0x508, 0x0123_4567);
        Peek(CosmosImage.Scratch + 0x50C, 0x89AB_CDEF);
        Call("IdentificationPlugs.ReadTimestamp", [], words => Assert.That(words[0] | words[1], Is.Not.Zero));
        Call("IdentificationPlugs.WriteMsr", [0x277, 0x0007_0406, 0x0007_0106]); // PAT
        Call("IdentificationPlugs.ReadMsr", [0x277], words => Assert.That((words[1], words[0]), Is.EqualTo((0x0007_0406u, 0x0007_0106u))));
        Call("StackPlugs.ReadFramePointer", [], words => Assert.That(words[0], Is.EqualTo(CosmosImage.CallerFrame)));
        Call("StackPlugs.ReadStackPointer", [], words => Assert.That(words[0], Is.EqualTo(CosmosImage.Stack - 4), "the result's room"));
        Call("StackPlugs.SwitchStack", [CosmosImage.Scratch + 0x1000, _image.AddressOf("F_Note"), 0xFACE]);
        Peek(CosmosImage.Scratch, 0xFACE);
        Call("StackPlugs.PushRegisters", [_image.AddressOf("F_Note")]);
        Call("ControlRegisterPlugs.Invlpg", [CosmosImage.Scratch]);
        Call("ControlRegisterPlugs.WriteCr2", [0x1234_5678]);
        Call("ControlRegisterPlugs.ReadCr2", [], words => Assert.That(words[0], Is.EqualTo(0x1234_5678)));
    }

    private void AddProbes()
    {
        Call("ProbePlugs.FixupsStart", [], words => Assert.That(words[0], Is.EqualTo(_image.AddressOf("__start_memos_fixups"))));
        Call("ProbePlugs.FixupsEnd", [], words => Assert.That(words[0], Is.EqualTo(_image.AddressOf("__stop_memos_fixups"))));
        // QEMU's processor has every register, so that these do not fault.
        Call("ProbePlugs.ProbeWrmsr", [0x277, 0x0007_0406, 0x0007_0406], words => Assert.That((words[0], words[4]), Is.EqualTo((0u, 0u))));
        Call("IdentificationPlugs.ReadMsr", [0x277], words => Assert.That((words[1], words[0]), Is.EqualTo((0x0007_0406u, 0x0007_0406u))));
        Call("ProbePlugs.ProbeRdmsr", [ExtendedFeatures, CosmosImage.Scratch + 0x400], words => Assert.That((words[0], words[4]), Is.EqualTo((0u, 0u))));
        Call("ProbePlugs.ProbeStore8", [CosmosImage.Scratch + 0x408, 0x5D], words => Assert.That((words[0], words[4]), Is.EqualTo((0u, 0u))));
        Call("ProbePlugs.ProbeLoad8", [CosmosImage.Scratch + 0x408, CosmosImage.Scratch + 0x410], words => Assert.That((words[0], words[4]), Is.EqualTo((0u, 0u))));
        Call("ProbePlugs.ProbeMove", [CosmosImage.Scratch + 0x420, CosmosImage.Scratch + 0x408, 1, CosmosImage.Scratch + 0x430], words => Assert.That((words[0], words[4]), Is.EqualTo((0u, 0u))));
    }

    /// <summary>As ProcessorState does it; then what needs paging.</summary>
    private void AddSwitch(uint root, bool isWide)
    {
        if (isWide)
        {
            Call("IdentificationPlugs.WriteMsr", [ExtendedFeatures, 0, NoExecute]);
            Call("IdentificationPlugs.ReadMsr", [ExtendedFeatures], words => Assert.That(words[0] & NoExecute, Is.Not.Zero));
        }

        uint control = 1u << 4 | 1u << 7 | (isWide ? 1u << 5 : 0);
        Call("ControlRegisterPlugs.WriteCr4", [control]);
        Call("ControlRegisterPlugs.ReadCr4", [], words => Assert.That(words[0], Is.EqualTo(control)));
        Call("ControlRegisterPlugs.WriteCr3", [root]);
        Call("ControlRegisterPlugs.ReadCr3", [], words => Assert.That(words[0], Is.EqualTo(root)));
        Call("ControlRegisterPlugs.WriteCr0", [PagingAndWriteProtection | 0x11]);
        Call("ControlRegisterPlugs.ReadCr0", [], words => Assert.That(words[0] & PagingAndWriteProtection, Is.EqualTo(PagingAndWriteProtection)));
        Peek(CosmosImage.Scratch + 0x220, 0x3C3C_3C3C);
        Call("ProbePlugs.ProbeLoad8", [8, CosmosImage.Scratch + 0x410], words => ExpectFault(words, 14, 0));
        Call("ProbePlugs.ProbeStore8", [8, 1], words => ExpectFault(words, 14, 2));
        Call("ProbePlugs.ProbeMove", [0x3000, 0xFFC, 8, CosmosImage.Scratch + 0x430], words => ExpectFault(words, 14, 0));
        Peek(CosmosImage.Scratch + 0x430, 8);
        Call("ProbePlugs.ProbeCall", [16], words => Assert.That(words[4], Is.EqualTo(1)));
    }

    private void AddNoExecute() => Call("ProbePlugs.ProbeCall", [CosmosImage.Scratch], words => ExpectFault(words, 14, 0x11));

    // A page behind the window's keeper, mapped by the fault's entry when it is written to.
    private void AddDemand<TFormat>(PageTableWalker<HostMemory, TFormat> walker, KernelLayout layout, bool isWide)
        where TFormat : struct, IPagingFormat
    {
        const uint Target = 0x30_0000;
        VirtAddr keeper = layout.Temporary.Start + (TemporaryWindow<HostMemory, TFormat>.SlotCount * PageNumber.SizeBytes);
        VirtAddr page = keeper + PageNumber.SizeBytes;
        StepRecorder recorder = new([]);
        Assert.That(walker.Explain(keeper, ref recorder), Is.EqualTo(PagingResult.Ok));
        WalkStep last = recorder.Steps[^1];
        uint slot = (uint)(last.Table.Value + ((ulong)(uint)(last.Index + 1) << default(TFormat).EntryShift));
        ulong entry = default(TFormat).EncodePage(PhysAddr.FromTrusted(Target), PageFlags.Present | PageFlags.Writable, 0);
        foreach ((uint offset, uint value) in new[] { (4u, slot), (8u, (uint)entry), (12u, (uint)(entry >> 32)), (16u, isWide ? 1u : 0), (0u, (uint)page.Value) })
            Poke(CosmosImage.Demand + offset, value);
        Call("Poke", [(uint)page.Value + 4, 0xDE3A_4D00], words => Assert.That(words[4], Is.EqualTo(1), "one fault"));
        Peek(Target + 4, 0xDE3A_4D00);
    }

    // More frames than the window has pages: each is written to the tables as C# says, forgotten by INVLPG, and read.
    private void AddShown<TFormat>(ref TemporaryWindow<HostMemory, TFormat> window, FrameNumber[] frames)
        where TFormat : struct, IPagingFormat
    {
        foreach (FrameNumber frame in frames)
        {
            byte[] before = BytesOfTables();
            PendingFlush flush = window.Show(frame.Start + 8, out VirtAddr place);
            Assert.That(flush.PageCount, Is.EqualTo(1));
            byte[] after = BytesOfTables();
            ReadOnlySpan<uint> old = MemoryMarshal.Cast<byte, uint>(before);
            ReadOnlySpan<uint> now = MemoryMarshal.Cast<byte, uint>(after);
            for (int i = 0; i < now.Length; i++)
            {
                if (old[i] != now[i]) Poke((uint)TableFrames.Start.Start.Value + ((uint)i * 4), now[i]);
            }

            Call("ControlRegisterPlugs.Invlpg", [(uint)flush.Start.Value]);
            Peek((uint)place.Value, PatternOf | (uint)(frame.Value & 0xFFFF));
        }
    }

    /// <summary>Frames of RAM outside the direct map: the first, the last, and some between them.</summary>
    private static FrameNumber[] FramesAbove(MemoryMap map)
    {
        List<FrameNumber> found = [];
        int position = 0;
        while (map.TryNextUsable(ref position, out FrameRange frames))
        {
            FrameRange above = frames.Intersect(FrameRange.FromBounds(PhysAddr.FromTrusted(896 * MiB).ContainingFrame, FrameNumber.FromTrusted(FrameNumber.Limit)));
            for (ulong part = 0; !above.IsEmpty && part < 9; part++) found.Add(above.Start + ((above.Count - 1) / 8 * part));
        }

        return [.. found];
    }

    // As QEMU's pc machine has it: RAM above 3.5 GiB is cut at 3 GiB and goes on at 4 GiB.
    private static ulong LowRam(ulong memoryBytes) => memoryBytes >= 3584 * MiB ? 3072 * MiB : memoryBytes;

    private static FirmwareMap MapOf(ulong memoryBytes)
    {
        const ulong Firmware = 128 * 1024;
        FirmwareMap map = new();
        ulong low = LowRam(memoryBytes);
        map.Add(0, 0x9_FC00, MemoryKind.Usable).Add(0x9_FC00, 0x400, MemoryKind.Reserved).Add(0xF_0000, 0x1_0000, MemoryKind.Reserved);
        map.Add(MiB, low - MiB - Firmware, MemoryKind.Usable).Add(low - Firmware, Firmware, MemoryKind.AcpiReclaimable).Add(0xFFFC_0000, 0x4_0000, MemoryKind.Reserved);
        return low == memoryBytes ? map : map.Add(4096 * MiB, memoryBytes - low, MemoryKind.Usable);
    }

    private void Machine(ulong memoryBytes, byte[] tables, FrameNumber[] frames)
    {
        Assert.That(_steps.Select(step => step.What).Distinct().Order(), Is.SupersetOf(PlugFlavour.Of(32).Names), "every body runs");
        string ram = Path.Combine(_folder.Path, "ram");
        using (FileStream file = File.Create(ram))
        {
            file.SetLength((long)memoryBytes);
            Write(file, TableFrames.Start.Start.Value, tables);
            Write(file, CosmosImage.Steps, [.. _steps.SelectMany(step => MemoryMarshal.AsBytes<uint>(step.Words).ToArray()), .. new byte[64]]);
            ulong low = LowRam(memoryBytes);
            foreach (FrameNumber frame in frames)
            {
                ulong address = frame.Start.Value + 8;
                Write(file, address < low ? address : address - (4096 * MiB) + low, BitConverter.GetBytes(PatternOf | (uint)(frame.Value & 0xFFFF)));
            }
        }

        RunMachine(ram, memoryBytes);
        Assert.Multiple(() => Check(AnswersIn(ram)));
    }

    private void RunMachine(string ram, ulong memoryBytes)
    {
        try
        {
            OracleProcess.Run(
                new ExternalTool("qemu-system-i386", "qemu-system-x86"),
                [
                    "-machine", "pc,memory-backend=ram", "-m", $"{memoryBytes / MiB}M", "-cpu", "max", "-accel", "tcg",
                    "-object", $"memory-backend-file,id=ram,size={memoryBytes / MiB}M,share=on,mem-path={ram}",
                    "-kernel", _image.File, "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-nic", "none", "-display", "none", "-no-reboot",
                ],
                (CosmosImage.Done << 1) | 1);
        }
        catch (AssertionException)
        {
            uint[] answers = AnswersIn(ram);
            int reached = Enumerable.Range(0, _steps.Count).TakeWhile(i => answers[(i * CosmosImage.AnswerWords) + 5] != 0).Count();
            TestContext.Out.WriteLine($"the machine ended in step {reached}, {(reached < _steps.Count ? _steps[reached].What : "the last")}");
            throw;
        }
    }

    private uint[] AnswersIn(string ram)
    {
        using FileStream answers = File.OpenRead(ram);
        byte[] bytes = new byte[_steps.Count * CosmosImage.AnswerWords * 4];
        answers.Position = CosmosImage.Answers;
        answers.ReadExactly(bytes);
        return MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
    }

    private void Check(uint[] answers)
    {
        for (int i = 0; i < _steps.Count; i++)
        {
            string what = $"step {i}, {_steps[i].What}({string.Join(", ", _steps[i].Words.Skip(2).Take((int)_steps[i].Words[1]).Select(word => word.ToString("x")))})";
            uint[] words = answers[(i * CosmosImage.AnswerWords)..((i + 1) * CosmosImage.AnswerWords)];
            Assert.That(words[2], Is.Zero, what + ": ECX says that nothing was thrown");
            Assert.That(words[3], Is.EqualTo((uint)_image.SizesOf(_steps[i].What).Result), what + ": the result and nothing else is on the stack");
            Assert.That(words[5], Is.EqualTo(CosmosImage.CallerFrame), what + ": EBP");
            try
            {
                _checks.GetValueOrDefault(i)?.Invoke(words);
            }
            catch (AssertionException)
            {
                TestContext.Out.WriteLine(what);
                throw;
            }
        }
    }

    private static void ExpectFault(uint[] words, byte vector, uint error)
    {
        Assert.That(words[0], Is.EqualTo(ProbeOutcome.RawFault(vector, error)));
        Assert.That(words[4], Is.EqualTo(1), "one fault");
    }

    private void Peek(uint address, uint expected) => Call("Peek", [address], words => Assert.That(words[0], Is.EqualTo(expected), $"the word at 0x{address:x}"));

    private void Poke(uint address, uint value) => Call("Poke", [address, value]);

    /// <summary>A step; the words of arguments in the order in which they are pushed.</summary>
    private void Call(string name, uint[] arguments, Action<uint[]>? check = null)
    {
        (int argumentBytes, int resultBytes) = _image.SizesOf(name);
        Assert.That(arguments.Length * 4, Is.EqualTo(argumentBytes), name);
        uint[] words = new uint[CosmosImage.StepWords];
        words[0] = _image.NumberOf(name);
        words[1] = (uint)arguments.Length;
        arguments.CopyTo(words, 2);
        words[10] = (uint)Math.Max(resultBytes - argumentBytes, 0);
        if (check is not null) _checks[_steps.Count] = check;
        _steps.Add((name, words));
    }

    private byte[] BytesOfTables() => new ReadOnlySpan<byte>(_tables.Pointer(TableFrames.Start.Start), (int)TableFrames.SizeBytes).ToArray();

    private static void Write(FileStream file, ulong address, byte[] bytes)
    {
        file.Position = (long)address;
        file.Write(bytes);
    }
}
