using System.Collections.Generic;
using Cosmos.Build.Tools;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Mmu;

/// <summary>A 64-bit Arm processor at EL1, as QEMU's machine <c>virt</c> has it.</summary>
/// <param name="granuleShift">log2 of the smallest page's size: 12, 14 or 16.</param>
/// <param name="half">Whose tables they are: TTBR0's or TTBR1's.</param>
/// <param name="keepsOffUsers">PSTATE.PAN: EL1 does not read or write what EL0 may.</param>
internal sealed class AArch64OracleMachine(int granuleShift, AddressHalves half, bool keepsOffUsers) : OracleMachine
{
    private const ulong TableOrPage = 1UL << 1;
    private const ulong User = 1UL << 6;
    private const ulong ReadOnly = 1UL << 7;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong DirtyModifier = 1UL << 51;
    private const ulong KernelNoExecute = 1UL << 53;
    private const ulong UserNoExecute = 1UL << 54;
    private const ulong TableKernelNoExecute = 1UL << 59;
    private const ulong TableUserNoExecute = 1UL << 60;
    private const ulong TableNoUser = 1UL << 61;
    private const ulong TableReadOnly = 1UL << 62;

    private const ulong SupervisorCall = 0xD400_0001; // svc #0
    private const int MarkShift = 3;
    private const int HighHalf = 32;
    private const int ManualsLastLevel = 3;

    // ESR_EL1: exception classes, fault status codes (Arm ARM, D17.2.37).
    private const ulong UserFetchAbort = 0x20;
    private const ulong FetchAbort = 0x21;
    private const ulong DataAbort = 0x25;
    private const ulong TranslationFault = 0b0001_00;
    private const ulong AccessFlagFault = 0b0010_00;
    private const ulong PermissionFault = 0b0011_00;
    private const ulong OfWrite = 1UL << 6;

    // What the numbers of the kinds of memory mean in MemOS's entries.
    private const ulong MemoryTypes = 0x0444_BBFF;

    private static readonly ExternalTool s_qemu = new("qemu-system-aarch64", "qemu-system-arm");
    private static readonly GnuAssembler s_assembler = new("aarch64-linux-gnu", "binutils-aarch64-linux-gnu", []);

    public override FrameRange Memory => Frames(0, 0x400_0000);

    public override PhysAddr Parameters => Address(0x11_0000);

    public override PhysAddr Probes => Address(0x12_0000);

    public override FrameRange Answers => Frames(0x20_0000, 0x40_0000);

    public override FrameRange Tables => Frames(0x40_0000, 0x180_0000);

    public override FrameRange Data => Frames(0x180_0000, 0x3E0_0000);

    /// <summary>TCR_EL1.HA and HD are clear: the processor changes no entry.</summary>
    public override ulong AccessedBit => 0;

    public override ulong DirtyBit => 0;

    public override bool NotesTablesAt(int level) => false;

    public override IReadOnlyList<ulong> FlippedBits =>
    [
        1, TableOrPage, User, User, ReadOnly, ReadOnly, AccessFlag, DirtyModifier, KernelNoExecute, KernelNoExecute, UserNoExecute, UserNoExecute,
        TableKernelNoExecute, TableUserNoExecute, TableNoUser, TableReadOnly,
    ];

    public override int PhysicalBits => 48;

    public override IEnumerable<(FrameRange Frames, PageFlags Flags)> OwnMappings =>
    [
        (Frames(0x10_0000, 0x11_0000), PageFlags.Present | PageFlags.Executable | PageFlags.Accessed),
        (Frames(0x11_0000, 0x40_0000), PageFlags.Present | PageFlags.Writable | PageFlags.Accessed | PageFlags.Dirty),
    ];

    private ulong Distance => half == AddressHalves.Upper ? 0xFFFF_0000_0000_0000 : 0;

    // TCR_EL1: 48 bits of address in both halves, 48 of physical address, one half's walks off.
    private ulong Translation
    {
        get
        {
            ulong lowerGranule = granuleShift switch { 12 => 0, 14 => 2, _ => 1 };
            ulong upperGranule = granuleShift switch { 12 => 2, 14 => 1, _ => 3 };
            ulong off = half == AddressHalves.Upper ? 1UL << 7 : 1UL << 23;
            return 16 | (16UL << 16) | (lowerGranule << 14) | (upperGranule << 30) | (5UL << 32) | off;
        }
    }

    public override ulong MarkAt(PhysAddr address) => ((address.Value >> MarkShift) << HighHalf) | SupervisorCall;

    public override void WriteParameters(HostMemory memory, PhysAddr root, int probeCount)
    {
        ulong[] parameters = [root.Value, Translation, Distance, (ulong)probeCount, keepsOffUsers ? 1UL : 0, MemoryTypes];
        for (int i = 0; i < parameters.Length; i++) memory.WriteWord(Parameters + ((ulong)i * sizeof(ulong)), parameters[i]);
    }

    public override int ReportedPhysicalBits(HostMemory memory) => PhysicalBits;

    // Arm ARM, D8.2 to D8.5; the kinds of faults in their order of priority.
    public override Answer Expect(ProbeKind kind, PagingResult result, in Translation translation, IReadOnlyList<WalkStep> steps)
    {
        if (result == PagingResult.NonCanonical) return Abort(kind, TranslationFault);
        ulong level = (ulong)(ManualsLastLevel - steps[^1].Level);
        if (result != PagingResult.Ok) return Abort(kind, TranslationFault | level);
        ulong entry = steps[^1].Entry;
        if ((entry & AccessFlag) == 0) return Abort(kind, AccessFlagFault | level);
        ulong tables = 0;
        for (int i = 0; i < steps.Count - 1; i++) tables |= steps[i].Entry;
        return IsAllowed(kind, entry, tables) ? Answer.Done : Abort(kind, PermissionFault | level);
    }

    // QEMU 7.2 takes blocks at levels that the manual has none at.
    public override bool MayFlip(ulong bit, bool hasPages) => bit != TableOrPage || hasPages;

    public override bool TellsAddress(Answer answer) => answer.Fault != 0;

    public override void Run(string file, string folder) => OracleProcess.Run(
        s_qemu,
        [
            "-machine", "virt,memory-backend=ram", "-m", "64M", "-cpu", "max", "-object", $"memory-backend-file,id=ram,size=64M,share=on,mem-path={file}",
            "-device", $"loader,file={s_assembler.Assemble("AArch64Oracle.s", Address(0x10_0000).Value, folder)},addr=0x{Address(0x10_0000).Value:x},force-raw=on",
            "-device", $"loader,addr=0x{Address(0x10_0000).Value:x},cpu-num=0", "-display", "none", "-serial", "none", "-monitor", "none", "-no-reboot",
        ],
        0);

    private bool IsAllowed(ProbeKind kind, ulong entry, ulong tables)
    {
        bool isUsers = (entry & User) != 0 && (tables & TableNoUser) == 0;
        bool isWritable = (entry & ReadOnly) == 0 && (tables & TableReadOnly) == 0;
        switch (kind)
        {
            case ProbeKind.Read: return !(isUsers && keepsOffUsers);
            case ProbeKind.Write: return isWritable && !(isUsers && keepsOffUsers);
            case ProbeKind.UserRead: return isUsers;
            case ProbeKind.UserWrite: return isUsers && isWritable;
            case ProbeKind.UserExecute: return (entry & UserNoExecute) == 0 && (tables & TableUserNoExecute) == 0;
            // What EL0 may write EL1 never executes.
            default: return (entry & KernelNoExecute) == 0 && (tables & TableKernelNoExecute) == 0 && !(isUsers && isWritable);
        }
    }

    private static Answer Abort(ProbeKind kind, ulong status)
    {
        if (kind == ProbeKind.UserExecute) return new Answer(UserFetchAbort, status);
        return kind == ProbeKind.Execute ? new Answer(FetchAbort, status) : new Answer(DataAbort, kind.IsWrite() ? status | OfWrite : status);
    }

    private static PhysAddr Address(ulong offset) => PhysAddr.FromTrusted(0x4000_0000 + offset);

    private static FrameRange Frames(ulong start, ulong end) => FrameRange.FromBounds(Address(start).ContainingFrame, Address(end).ContainingFrame);
}
