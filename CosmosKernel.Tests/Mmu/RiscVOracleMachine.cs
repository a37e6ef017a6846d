using System.Collections.Generic;
using Cosmos.Build.Tools;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Mmu;

/// <summary>A 64-bit RISC-V processor, as QEMU's machine <c>virt</c> has it.</summary>
/// <param name="mode">The number of the format in satp.</param>
/// <param name="status">Bits of mstatus.</param>
internal sealed class RiscVOracleMachine(ulong mode, ulong status) : OracleMachine
{
    /// <summary>satp's modes.</summary>
    public const ulong Sv39Mode = 8;

    public const ulong Sv48Mode = 9;
    public const ulong Sv57Mode = 10;

    /// <summary>mstatus.SUM: a supervisor may read and write user pages; mstatus.MXR: what can be executed can be read.</summary>
    public const ulong UserData = 1UL << 18;

    public const ulong ReadCode = 1UL << 19;

    private const ulong Readable = 1UL << 1;
    private const ulong EnvironmentCall = 0x73;
    private const int MarkShift = 3;
    private const int HighHalf = 32;
    private const int ModeShift = 60;
    private const ulong FetchFault = 12;
    private const ulong LoadFault = 13;
    private const ulong StoreFault = 15;

    private static readonly ExternalTool s_qemu = new("qemu-system-riscv64", "qemu-system-misc");
    private static readonly GnuAssembler s_assembler = new("riscv64-linux-gnu", "binutils-riscv64-linux-gnu", ["-march=rv64gc_zicsr", "-mno-relax"]);

    public override FrameRange Memory => Frames(0, 0x400_0000);

    public override PhysAddr Parameters => Address(0x10_0000);

    public override PhysAddr Probes => Address(0x12_0000);

    public override FrameRange Answers => Frames(0x20_0000, 0x40_0000);

    public override FrameRange Tables => Frames(0x40_0000, 0x100_0000);

    // QEMU puts its description of the machine behind the first 48 MiB.
    public override FrameRange Data => Frames(0x100_0000, 0x2E0_0000);

    public override ulong AccessedBit => 1UL << 6;

    public override ulong DirtyBit => 1UL << 7;

    public override bool NotesTablesAt(int level) => false;

    // Valid, read, write, execute, user, accessed, dirty; the kinds of memory; the bit of 64 KiB pages. Not the reserved bits 60:54: QEMU 7.2
    // does not look at them.
    public override IReadOnlyList<ulong> FlippedBits => [1, 1 << 1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 4, 1 << 6, 1 << 7, 1UL << 61, 1UL << 62, 1UL << 63];

    public override int PhysicalBits => 56;

    public override IEnumerable<(FrameRange Frames, PageFlags Flags)> OwnMappings => [];

    public override ulong MarkAt(PhysAddr address) => ((address.Value >> MarkShift) << HighHalf) | EnvironmentCall;

    public override void WriteParameters(HostMemory memory, PhysAddr root, int probeCount)
    {
        memory.WriteWord(Parameters, (mode << ModeShift) | root.ContainingFrame.Value);
        memory.WriteWord(Parameters + 8, status);
        memory.WriteWord(Parameters + 16, (ulong)probeCount);
    }

    public override int ReportedPhysicalBits(HostMemory memory) => PhysicalBits;

    // "Virtual Address Translation Process", steps 3 to 9. Whatever is wrong is the same fault; QEMU 7.2 sets accessed and dirty itself.
    public override Answer Expect(ProbeKind kind, PagingResult result, in Translation translation, IReadOnlyList<WalkStep> steps)
    {
        ulong fault = kind.IsExecute() ? FetchFault : kind.IsWrite() ? StoreFault : LoadFault;
        bool isAllowed = result == PagingResult.Ok && IsAllowed(kind, translation.Flags, steps[^1].Entry);
        return isAllowed ? Answer.Done : new Answer(fault, 0);
    }

    // QEMU 7.2 takes a load with mstatus.MPRV set for one of machine mode's where that has just fetched from the same page: the stub's own.
    public override bool Avoids(ulong address) => address >> PageNumber.Shift == Memory.Start.Value;

    public override bool TellsAddress(Answer answer) => answer.Fault != 0;

    public override void Run(string file, string folder) => OracleProcess.Run(
        s_qemu,
        [
            "-machine", "virt,memory-backend=ram", "-m", "64M", "-cpu", "rv64,svpbmt=on,svnapot=on",
            "-object", $"memory-backend-file,id=ram,size=64M,share=on,mem-path={file}",
            "-bios", s_assembler.Assemble("RiscVOracle.s", 0x8000_0000, folder), "-display", "none", "-serial", "none", "-monitor", "none", "-no-reboot",
        ],
        0);

    private bool IsAllowed(ProbeKind kind, PageFlags flags, ulong entry)
    {
        bool isExecutable = (flags & PageFlags.Executable) != 0;
        bool isReadable = (entry & Readable) != 0 || (isExecutable && (status & ReadCode) != 0);
        if (kind.IsRead() && !isReadable) return false;
        if (kind.IsWrite() && (flags & PageFlags.Writable) == 0) return false;
        if (kind.IsExecute() && !isExecutable) return false;
        bool isUserPage = (flags & PageFlags.User) != 0;
        if (kind.IsUsers()) return isUserPage;
        return !isUserPage || (!kind.IsExecute() && (status & UserData) != 0);
    }

    private static PhysAddr Address(ulong offset) => PhysAddr.FromTrusted(0x8000_0000 + offset);

    private static FrameRange Frames(ulong start, ulong end) => FrameRange.FromBounds(Address(start).ContainingFrame, Address(end).ContainingFrame);
}
