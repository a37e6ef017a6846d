using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>One address space on all processors: what one of them unmaps or protects no other uses any more when that has returned.</summary>
public static unsafe class ShootdownChecks
{
    private const ulong PageCount = 40; // More than are flushed one by one.
    private const int Rounds = 200;
    private const ulong RestNanoseconds = 1_000_000; // Until a processor without work rests, and some.
    private const byte Mapped = 1;
    private const byte GivenAway = 2;

    private static readonly ulong[] s_runs = { 1, 8, PageCount };

    private static UserSpace s_space;
    private static VirtAddr s_watched;
    private static FrameNumber s_first;
    private static int s_present;
    private static int s_hasEnded;
    private static int s_failures;
    private static int s_reads;

    private static VirtAddr Start => VirtAddr.FromTrusted(1UL << 30);

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("processors.pages of a space that all use are read by none after they are unmapped", Unmapped);
        suite.Add("processors.pages of a space that all use are written by none after they are protected", Protected);
        suite.Add("processors.pages that are unmapped while one rests it reads no more when it has work", Rested);
        suite.Add("processors.one flush interrupts each processor that has the space once, and no other", Counted);
    }

    private static void Unmapped(CheckRecorder recorder)
    {
        if (!TryBegin(&ReadAll, recorder)) return;
        for (int round = 0; round < Rounds && recorder.Failure == null; round++)
        {
            ulong pages = s_runs[round % s_runs.Length];
            PagingResult unmapped = s_space.Unmap(Start, PageNumber.BytesOf(pages), Holes.Refused);
            recorder.Expect(unmapped == PagingResult.Ok, "the pages cannot be unmapped");
            Fill(pages, GivenAway); // Who reads one now finds that.
            AwaitReads();
            Fill(pages, Mapped);
            recorder.Expect(TryMap(pages), "the pages cannot be mapped again");
            AwaitReads();
        }

        End(recorder);
        recorder.Equal(0, s_failures, "reads of pages that were unmapped");
    }

    private static void Protected(CheckRecorder recorder)
    {
        if (!TryBegin(&WriteAll, recorder)) return;
        for (int round = 0; round < Rounds && recorder.Failure == null; round++)
        {
            ulong pages = s_runs[round % s_runs.Length];
            bool isProtected = s_space.Protect(Start, PageNumber.BytesOf(pages), PageFlags.Present, Holes.Refused) == PagingResult.Ok;
            recorder.Expect(isProtected, "the pages cannot be protected");
            Fill(pages, GivenAway);
            AwaitReads();
            for (ulong page = 0; page < pages; page++) recorder.Equal(GivenAway, *Content(page), "what a page holds that cannot be written");
            PagingResult allowed = s_space.Protect(Start, PageNumber.BytesOf(pages), PageFlags.Present | PageFlags.Writable, Holes.Refused);
            recorder.Expect(allowed == PagingResult.Ok, "the pages cannot be made writable again");
        }

        End(recorder);
    }

    private static void Rested(CheckRecorder recorder)
    {
        // One more, so that no table goes out of use, for which all would be asked.
        recorder.Expect(KernelMemory.Space.Allocate(1, PageFlags.Writable, out VirtAddr neighbour) == KernelSpaceResult.Ok, "no kernel page");
        TlbCounters before = MachineTlb.Totals;
        for (int number = 1; number < CrossCalls.Count; number++) UnmapWhileAtRest(CpuId.FromTrusted(number), recorder);
        TlbCounters after = MachineTlb.Totals;
        if (ProcessorWork.CountOthers() != 0) recorder.Expect(after.Skipped != before.Skipped && after.CaughtUp != before.CaughtUp, "no flush skipped one at rest");
        recorder.Expect(KernelMemory.Space.Free(neighbour) == KernelSpaceResult.Ok, "the kernel page cannot be freed");
    }

    private static void UnmapWhileAtRest(CpuId cpu, CheckRecorder recorder)
    {
        if (!CrossCalls.IsRunning(cpu)) return;
        recorder.Expect(KernelMemory.Space.Allocate(s_runs[1], PageFlags.Writable, out s_watched) == KernelSpaceResult.Ok, "no kernel pages");
        if (recorder.Failure != null) return;
        CountReadable(cpu, recorder);
        recorder.Equal((long)s_runs[1], s_reads, "pages that it can read");
        Clock.Delay(RestNanoseconds);
        recorder.Expect(KernelMemory.Space.Free(s_watched) == KernelSpaceResult.Ok, "the kernel pages cannot be freed");
        CountReadable(cpu, recorder);
        recorder.Equal(0, s_reads, cpu.ToString() + ": pages that it reads after they were unmapped");
    }

    private static void CountReadable(CpuId cpu, CheckRecorder recorder)
    {
        recorder.Expect(CrossCalls.TryStartWork(cpu, &ReadWatched, 0), cpu.ToString() + " has work");
        ProcessorWork.Await(recorder);
    }

    private static void ReadWatched(CosmosAddress ignored)
    {
        _ = ignored;
        int count = 0;
        for (ulong page = 0; page < s_runs[1]; page++)
        {
            if (!Cpu.ProbeRead8(s_watched + PageNumber.BytesOf(page), out _).Faulted) count++;
        }

        Volatile.Write(ref s_reads, count);
    }

    private static void Counted(CheckRecorder recorder)
    {
        int others = ProcessorWork.CountOthers();
        if (!TryBegin(&ReadAll, recorder)) return;
        TlbCounters before = MachineTlb.Totals;
        recorder.Expect(s_space.Unmap(Start, PageNumber.BytesOf(PageCount), Holes.Refused) == PagingResult.Ok, "the pages cannot be unmapped");
        TlbCounters after = MachineTlb.Totals;
        recorder.Equal(1, (long)(after.Requests - before.Requests), "requests of one flush");
        recorder.Equal((long)PageCount, (long)(after.Pages - before.Pages), "pages of it");
        recorder.Equal(others, (long)(after.Interrupts - before.Interrupts), "interrupts of it");
        recorder.Equal(others, (long)(after.Served - before.Served), "processors that carried it out");
        recorder.Expect(TryMap(PageCount), "the pages cannot be mapped again");
        Volatile.Write(ref s_hasEnded, 1);
        ProcessorWork.Await(recorder);
        before = MachineTlb.Totals;
        recorder.Expect(s_space.Unmap(Start, PageNumber.SizeBytes, Holes.Refused) == PagingResult.Ok, "a page cannot be unmapped");
        after = MachineTlb.Totals;
        recorder.Equal(0, (long)(after.Interrupts - before.Interrupts), "interrupts when no other has the space");
        recorder.Equal(others, (long)(after.Skipped - before.Skipped), "processors that were skipped");
        recorder.Expect(TryMap(1), "the page cannot be mapped again");
        End(recorder);
    }

    // A block of frames mapped in a space that this and all other processors have loaded; false without others, or memory.
    private static bool TryBegin(delegate*<CosmosAddress, void> target, CheckRecorder recorder)
    {
        if (ProcessorWork.CountOthers() == 0) return false;
        recorder.Expect(KernelMemory.TryCreateSpace(out s_space), "no memory for a space");
        FrameRequest request = FrameRequest.For(FrameOwner.User).From(MemoryReach.Direct);
        bool hasFrames = KernelMemory.Frames.TryAllocate(BlockOrder, request, out s_first);
        recorder.Expect(hasFrames && TryMap(PageCount), "no memory for the pages");
        if (recorder.Failure != null) return false;
        Fill(PageCount, Mapped);
        s_present = 0;
        s_hasEnded = 0;
        s_failures = 0;
        s_reads = 0;
        int others = ProcessorWork.Start(target, recorder);
        ProcessorWork.AwaitCount(ref s_present, others, recorder);
        s_space.Load();
        return true;
    }

    private static void End(CheckRecorder recorder)
    {
        Volatile.Write(ref s_hasEnded, 1);
        ProcessorWork.Await(recorder);
        KernelMemory.Space.Load();
        Nobody nobody = default;
        s_space.Destroy(ref nobody);
        recorder.Expect(KernelMemory.Frames.Free(s_first, BlockOrder) == FreeResult.Ok, "the frames cannot be freed");
    }

    private static Order BlockOrder => Order.FromTrusted(6);

    private static bool TryMap(ulong pages) => s_space.Map(
        Start, s_first.Start, PageNumber.BytesOf(pages), PageFlags.Present | PageFlags.Writable, LargePages.Never) == PagingResult.Ok;

    private static byte* Content(ulong page) => default(DirectMap).Pointer((s_first + page).Start);

    private static void Fill(ulong pages, byte content)
    {
        for (ulong page = 0; page < pages; page++) Volatile.Write(ref *Content(page), content);
    }

    // Until each other processor has gone over the pages once more, or nearly.
    private static void AwaitReads()
    {
        int wanted = Volatile.Read(ref s_reads) + ProcessorWork.CountOthers();
        while (Volatile.Read(ref s_reads) - wanted < 0) Cpu.Pause();
    }

    private static void ReadAll(CosmosAddress ignored)
    {
        _ = ignored;
        Enter();
        while (Volatile.Read(ref s_hasEnded) == 0)
        {
            for (ulong page = 0; page < PageCount; page++)
            {
                bool isRead = !Cpu.ProbeRead8(Start + PageNumber.BytesOf(page), out byte content).Faulted;
                if (isRead && content != Mapped) Interlocked.Increment(ref s_failures);
            }

            Interlocked.Increment(ref s_reads);
        }

        KernelMemory.Space.Load();
    }

    private static void WriteAll(CosmosAddress ignored)
    {
        _ = ignored;
        Enter();
        while (Volatile.Read(ref s_hasEnded) == 0)
        {
            for (ulong page = 0; page < PageCount; page++) Cpu.ProbeWrite8(Start + PageNumber.BytesOf(page), Mapped);
            Interlocked.Increment(ref s_reads);
        }

        KernelMemory.Space.Load();
    }

    private static void Enter()
    {
        s_space.Load();
        Interlocked.Increment(ref s_present);
    }

    // The frames are a block of the check's own.
    private readonly struct Nobody : IMappingVisitor
    {
        public bool Visit(in MappedRun run) => true;
    }
}
