using System.Collections.Generic;
using Cosmos.Build.Tools;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Mmu;

/// <summary>An x86 processor, as QEMU has it.</summary>
/// <param name="control">Bits of CR4.</param>
internal abstract class X86OracleMachine(ulong control) : OracleMachine
{
    /// <summary>CR4.SMEP and CR4.SMAP.</summary>
    public const ulong NoUserCode = 1UL << 20;

    public const ulong NoUserData = 1UL << 21;

    protected const ulong Present = 1UL << 0;
    protected const ulong Writable = 1UL << 1;
    protected const ulong User = 1UL << 2;
    protected const ulong PageSize = 1UL << 7;
    protected const ulong NoExecute = 1UL << 63;
    protected const ulong NoExecuteFeature = 1UL << 11; // EFER.NXE

    private const ulong ReturnCode = 0x80CD; // int 0x80
    private const int AddressShift = 16;
    private const ulong ReservedBit = 1UL << 3;

    /// <summary>Makes the program that asks it: a file in <paramref name="folder"/>.</summary>
    protected abstract string BuildStub(string folder);

    /// <summary>Bits of EFER that the stub sets.</summary>
    protected virtual ulong Features => NoExecuteFeature;

    public override FrameRange Memory => Frames(0, 0x400_0000);

    public override PhysAddr Parameters => PhysAddr.FromTrusted(X86OracleImage.Parameters);

    public override PhysAddr Probes => PhysAddr.FromTrusted(X86OracleImage.Probes);

    public override FrameRange Answers => Frames(X86OracleImage.Answers, 0x40_0000);

    public override FrameRange Tables => Frames(0x40_0000, 0x100_0000);

    // SeaBIOS moves itself to the end of the first 48 MiB.
    public override FrameRange Data => Frames(0x100_0000, 0x2E0_0000);

    public override ulong AccessedBit => 1UL << 5;

    public override ulong DirtyBit => 1UL << 6;

    public override bool NotesTablesAt(int level) => true;

    public override IEnumerable<(FrameRange Frames, PageFlags Flags)> OwnMappings =>
    [
        (Frames(X86OracleImage.Load, X86OracleImage.UserCode), PageFlags.Present | PageFlags.Executable),
        (Frames(X86OracleImage.UserCode, X86OracleImage.Data), PageFlags.Present | PageFlags.Executable | PageFlags.User),
        (Frames(X86OracleImage.Data, 0x40_0000), PageFlags.Present | PageFlags.Writable),
    ];

    public override ulong MarkAt(PhysAddr address) => (address.Value << AddressShift) | ReturnCode;

    public override void WriteParameters(HostMemory memory, PhysAddr root, int probeCount)
    {
        memory.WriteWord(PhysAddr.FromTrusted(X86OracleImage.Root), root.Value);
        memory.WriteWord(PhysAddr.FromTrusted(X86OracleImage.Control), control);
        memory.WriteWord(PhysAddr.FromTrusted(X86OracleImage.Count), (ulong)probeCount);
        memory.WriteWord(PhysAddr.FromTrusted(X86OracleImage.Features), Features);
    }

    public override int PhysicalBits => 40;

    public override int ReportedPhysicalBits(HostMemory memory) => (int)(memory.ReadWord(PhysAddr.FromTrusted(X86OracleImage.Widths)) & 0xFF);

    // Intel SDM vol. 3A, 4.6.1 and 4.7, with CR0.WP set.
    public override Answer Expect(ProbeKind kind, PagingResult result, in Translation translation, IReadOnlyList<WalkStep> steps)
    {
        ulong code = (kind.IsWrite() ? 1UL << 1 : 0) | (kind.IsUsers() ? 1UL << 2 : 0) | (kind.IsExecute() && TellsFetches ? 1UL << 4 : 0);
        switch (result)
        {
            case PagingResult.NonCanonical: return new Answer(X86OracleImage.GeneralProtection, 0);
            case PagingResult.NotMapped: return new Answer(X86OracleImage.PageFault, code);
            case PagingResult.ReservedBitSet: return new Answer(X86OracleImage.PageFault, code | 1 | ReservedBit);
        }

        return IsAllowed(kind, translation.Flags) ? Answer.Done : new Answer(X86OracleImage.PageFault, code | 1);
    }

    // QEMU 7.2 leaves bit 0 clear then, which the manual has set.
    public override Answer ByTheManual(Answer answer) =>
        answer.Fault == X86OracleImage.PageFault && (answer.Code & ReservedBit) != 0 ? answer with { Code = answer.Code | 1 } : answer;

    public override bool TellsAddress(Answer answer) => answer.Fault == X86OracleImage.PageFault;

    public override void Run(string file, string folder)
    {
        OracleProcess.Run(
            ExternalTool.Qemu,
            [
                "-machine", "pc,memory-backend=ram", "-m", "64M", "-cpu", "max", "-object", $"memory-backend-file,id=ram,size=64M,share=on,mem-path={file}",
                "-kernel", BuildStub(folder), "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-nic", "none", "-display", "none", "-no-reboot",
            ],
            (X86OracleImage.Done << 1) | 1);
    }

    private bool TellsFetches => Features != 0 || (control & NoUserCode) != 0;

    private bool IsAllowed(ProbeKind kind, PageFlags flags)
    {
        bool isUserPage = (flags & PageFlags.User) != 0;
        if (kind.IsUsers() && !isUserPage) return false;
        if (kind.IsWrite() && (flags & PageFlags.Writable) == 0) return false;
        if (kind.IsExecute() && (flags & PageFlags.Executable) == 0) return false;
        if (kind.IsUsers() || !isUserPage) return true;
        return (control & (kind.IsExecute() ? NoUserCode : NoUserData)) == 0;
    }

    private static FrameRange Frames(ulong start, ulong end) =>
        FrameRange.FromBounds(PhysAddr.FromTrusted(start).ContainingFrame, PhysAddr.FromTrusted(end).ContainingFrame);
}
