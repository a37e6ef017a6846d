using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Reads, writes and executes what is mapped, and what lies beyond both ends of it, and holds the processor to what the tables say.</summary>
/// <remarks>
/// Every page is looked at: a page of 4 KiB at its first and its last byte, a larger one, at which the processor decides once, in the middle
/// too. What is written is what was read. Code is executed at a return instruction, if the page has one. What lies in the direct map too must
/// read the same there. Whoever uses it keeps interrupts masked.
/// </remarks>
internal struct MappingProber : IMappingVisitor
{
    private const byte Return = 0xC3;
    private const byte GeneralProtectionVector = 13;
    private const byte PageFaultVector = 14;
    private const ushort OfMapped = 1 << 0;
    private const ushort OfWrite = 1 << 1;

    private VirtAddr _end;

    // Told where there is no-execute (Intel SDM vol. 3A, 4.7; MemOS does not use SMEP without it).
    private static ushort OfFetch => (default(LiveFormat).Nearest(PageFlags.Present) & PageFlags.Executable) == 0 ? (ushort)(1 << 4) : (ushort)0;

    /// <summary>The pages that were looked at.</summary>
    public ulong PageCount { get; private set; }

    /// <summary>The pages where code was executed.</summary>
    public ulong ExecutedCount { get; private set; }

    /// <summary>What is wrong first; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Where it is.</summary>
    public VirtAddr Where { get; private set; }

    public bool Visit(in MappedRun run)
    {
        // What lies between two runs is not mapped; neighbours with other flags are.
        if (_end != run.Start && PageCount != 0) ExpectHole(_end);
        if (_end != run.Start) ExpectHole(run.Start - 1);
        for (ulong page = 0; page < run.PageCount && Problem == null; page++)
        {
            ulong offset = page << run.PageShift;
            ProbePage(run.Start + offset, run.Target + offset, run.PageShift, run.Flags);
        }

        PageCount += run.PageCount;
        _end = VirtAddr.FromTrusted(unchecked(run.Start.Value + run.SizeBytes));
        return Problem == null;
    }

    /// <summary>Looks beyond the last run, unless that goes up to the last address.</summary>
    public void Finish()
    {
        if (_end.Value != 0) ExpectHole(_end);
    }

    /// <summary>Nothing can be done at <paramref name="address"/>: it is not mapped.</summary>
    public void ExpectHole(VirtAddr address)
    {
        Expect(IsMissing(Cpu.ProbeRead8(address, out _), address, 0), "an address that is not mapped can be read", address);
        if (Problem != null) return;
        Expect(IsMissing(Cpu.ProbeWrite8(address, 0), address, OfWrite), "an address that is not mapped can be written", address);
        Expect(IsMissing(Cpu.ProbeExecute(address), address, OfFetch), "an address that is not mapped can be executed", address);
    }

    private void ProbePage(VirtAddr page, PhysAddr target, int pageShift, PageFlags flags)
    {
        ulong last = (1UL << pageShift) - 1;
        ProbeByte(page, target, flags);
        ProbeByte(page + last, target + last, flags);
        if (pageShift != PageNumber.Shift) ProbeByte(page + (last / 2), target + (last / 2), flags);
        if ((flags & PageFlags.Executable) != 0) ExecuteReturn(page);
    }

    private void ProbeByte(VirtAddr at, PhysAddr target, PageFlags flags)
    {
        Expect(!Cpu.ProbeRead8(at, out byte value).Faulted, "a mapped page cannot be read", at);
        if (Problem != null) return;
        ExpectSameInDirectMap(at, target, value);
        ProbeOutcome write = Cpu.ProbeWrite8(at, value);
        if ((flags & PageFlags.Writable) != 0) Expect(!write.Faulted, "a writable page cannot be written", at);
        else Expect(Is(write, OfMapped | OfWrite), "a read-only page can be written", at);
        if ((flags & PageFlags.Executable) != 0) return;

        // The fetch itself faults, so nothing of what lies there runs.
        Expect(Is(Cpu.ProbeExecute(at), (ushort)(OfMapped | OfFetch)), "data can be executed", at);
    }

    private void ExpectSameInDirectMap(VirtAddr at, PhysAddr target, byte value)
    {
        if (target.Value >= KernelMemory.Space.Layout.DirectMap.SizeBytes) return;
        VirtAddr direct = KernelMemory.Space.Layout.DirectAddress(target);
        if (direct == at || !KernelMemory.Space.TryGetPhysical(direct, out _)) return;
        Expect(!Cpu.ProbeRead8(direct, out byte same).Faulted && same == value, "the direct map shows other bytes", at);
    }

    private void ExecuteReturn(VirtAddr page)
    {
        for (ulong offset = 0; offset < PageNumber.SizeBytes && Problem == null; offset++)
        {
            if (Cpu.ProbeRead8(page + offset, out byte value).Faulted || value != Return) continue;
            Expect(!Cpu.ProbeExecute(page + offset).Faulted, "code cannot be executed", page + offset);
            ExecutedCount++;
            return;
        }
    }

    // An address that is not canonical is another exception's (Intel SDM vol. 1, 3.3.7.1).
    private static bool IsMissing(ProbeOutcome outcome, VirtAddr address, ushort errorCode) =>
        Is(outcome, errorCode) || (outcome.Vector == GeneralProtectionVector && KernelMemory.Space.Walker.Translate(address, out _) == PagingResult.NonCanonical);

    private static bool Is(ProbeOutcome outcome, ushort errorCode) =>
        outcome.Faulted && outcome.Vector == PageFaultVector && outcome.ErrorCode == errorCode;

    private void Expect(bool condition, string what, VirtAddr where)
    {
        if (condition || Problem != null) return;
        Problem = what;
        Where = where;
    }
}
