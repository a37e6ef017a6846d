using System.Globalization;
using MemOS.Memory.Frames;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Times flushes: of single pages, and of all with the walks by which what was in use is found again.</summary>
/// <remarks>
/// Instructions do not tell when a flush of everything is cheaper, because a walk is none. A round is a flush and a byte read from each
/// of the pages in use, in ticks of the time-stamp counter; the least of <see cref="Rounds"/> counts, since everything else only adds. The
/// pages flushed one by one are others, so that those in use are still held. All show one frame: what is held is held by page.
/// </remarks>
public sealed unsafe class FlushTimes
{
    /// <summary>Rounds of which the least counts.</summary>
    public const int Rounds = 400;

    private const ulong MostPages = 64;

    private readonly IInstructionClock _clock;
    private readonly ulong[] _used = { 16, 32, MostPages };
    private readonly ulong[] _flushed = { 1, 16, 32, MostPages };
    private byte _read;

    /// <summary>Times by <paramref name="clock"/>, which need not count instructions.</summary>
    public FlushTimes(IInstructionClock clock)
    {
        _clock = clock;
    }

    private static VirtAddr Used => VirtAddr.FromTrusted(1UL << 30);

    private static VirtAddr Unused => Used + (MostPages << PageNumber.Shift);

    /// <summary>The command that prints the times, or what was counted.</summary>
    public ShellCommand ToCommand() => new("tlb", "[times]", "counts what processors asked each other to forget; times flushes", Run);

    /// <summary>Without arguments, prints what was counted. With <c>times</c>, prints times.</summary>
    public CommandResult Run(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 1 && arguments[0] == "times") return Time(terminal);
        if (arguments.Length != 0) return CommandResult.Failed("usage: tlb [times]");
        FlushReport.Write(terminal);
        return CommandResult.Ok;
    }

    // A row for each number of pages in use, in ticks, and how many single flushes cost as much as one of all.
    private CommandResult Time(ITerminal terminal)
    {
        if (!KernelMemory.TryCreateSpace(out UserSpace space)) return CommandResult.Failed("no memory for an address space");
        var table = new TextTable(">in use", ">reading", ">1 page", ">16", ">32", ">64", ">all", ">all is as dear as");
        bool isMapped = TryMap(ref space, out FrameNumber frame);
        if (isMapped)
        {
            // Nothing else may run in this space: its lower half is not a program's.
            bool wereOn = _clock.MaskInterrupts();
            space.Load();
            foreach (ulong used in _used) table.Add(RowOf(used));
            KernelMemory.Space.Load();
            _clock.RestoreInterrupts(wereOn);
            KernelMemory.Frames.Free(frame, Order.Zero);
        }

        NoOwner nobody = default;
        space.Destroy(ref nobody);
        if (!isMapped) return CommandResult.Failed("no memory for the pages");
        table.WriteTo(terminal);
        return CommandResult.Ok;
    }

    private static bool TryMap(ref UserSpace space, out FrameNumber frame)
    {
        if (!KernelMemory.Frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out frame)) return false;
        for (ulong page = 0; page < MostPages; page++)
        {
            VirtAddr start = Used + (page << PageNumber.Shift);
            if (space.MapPage(start, frame.Start, PageFlags.Present) == PagingResult.Ok) continue;
            KernelMemory.Frames.Free(frame, Order.Zero);
            return false;
        }

        return true;
    }

    private string[] RowOf(ulong used)
    {
        ulong reading = Least(FlushPlan.Nothing, 0, used);
        ulong all = Least(FlushPlan.AddressSpace, 0, used);
        string[] row = new string[_flushed.Length + 4];
        row[0] = Text(used);
        row[1] = Text(reading);
        ulong singles = 0;
        for (int i = 0; i < _flushed.Length; i++)
        {
            singles = Least(FlushPlan.EachPage, _flushed[i], used);
            row[i + 2] = Text(singles);
        }

        row[_flushed.Length + 2] = Text(all);
        row[_flushed.Length + 3] = AsDearAs(reading, singles, all);
        return row;
    }

    // The last count of single flushes tells what one costs.
    private static string AsDearAs(ulong reading, ulong singles, ulong all) =>
        all > reading && singles > reading ? Text((all - reading) * MostPages / (singles - reading)) + " pages" : "-";

    private ulong Least(FlushPlan plan, ulong flushed, ulong used)
    {
        ulong least = ulong.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            Read(used);
            ulong start = _clock.Now;
            Forget(plan, flushed);
            Read(used);
            ulong time = _clock.Now - start;
            if (time < least) least = time;
        }

        return least;
    }

    private static void Forget(FlushPlan plan, ulong flushed)
    {
        CpuTlbInstructions instructions = default;
        if (plan == FlushPlan.AddressSpace) instructions.InvalidateLoaded();
        if (plan != FlushPlan.EachPage) return;
        for (ulong page = 0; page < flushed; page++) instructions.InvalidatePage(Unused + (page << PageNumber.Shift));
    }

    private void Read(ulong pages)
    {
        byte* at = (byte*)(CosmosAddress)Used.Value;
        byte sum = 0;
        // SAFETY: the pages are mapped, in the space that is loaded.
        for (ulong page = 0; page < pages; page++, at += PageNumber.SizeBytes) sum = unchecked((byte)(sum + *at));
        _read = sum;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly struct NoOwner : IMappingVisitor
    {
        public bool Visit(in MappedRun run) => true;
    }
}
