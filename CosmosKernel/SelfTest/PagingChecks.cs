using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The live page tables against what the processor does with them.</summary>
public static class PagingChecks
{
    private const byte PageFaultVector = 14;
    private const ushort FetchBit = 1 << 4;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("paging.every mapping agrees with the processor", EveryMapping);
        suite.Add("paging.nothing is writable and executable", NothingWritableAndExecutable);
        suite.Add("paging.page 0 is not mapped", recorder => ExpectFault(VirtAddr.FromTrusted(0), "page 0", recorder));
        suite.Add("paging.the boot stack has a guard page", recorder => ExpectFault(KernelMemory.Image.StackGuard, "the guard page", recorder));
        suite.Add("paging.the tables hold their invariants", recorder => ExpectNull(KernelMemory.Space.Validate(), recorder));
        suite.Add("paging.kernel pages have guards and come back", KernelPages);
        suite.Add("frames.every frame is accounted for", FramesAddUp);
        suite.Add("frames.the zones hold their invariants", recorder => ExpectNull(KernelMemory.Frames.Validate(), recorder));
        suite.Add("heap.the heaps hold their invariants", HeapsHold);
    }

    private static void EveryMapping(CheckRecorder recorder)
    {
        Prober prober = default;
        bool wereOn = Cpu.DisableInterrupts(); // a byte is written back as it was read: nobody may write it in between
        KernelMemory.Space.Walker.VisitMappings(ref prober);
        prober.Finish();
        Cpu.RestoreInterrupts(wereOn);
        recorder.Expect(prober.PageCount > 0, "the tables map nothing");
        if (prober.Problem == null) return;
        recorder.Fail(prober.Problem + " at " + prober.Where.ToString() + " in " + prober.PageCount.ToString() + " pages");
    }

    private static void NothingWritableAndExecutable(CheckRecorder recorder)
    {
        WritableCode search = default;
        KernelMemory.Space.Walker.VisitMappings(ref search);
        recorder.Expect(!search.IsFound, search.Where.ToString() + " is writable and executable");
    }

    private static void KernelPages(CheckRecorder recorder)
    {
        const ulong PageCount = 3;
        ulong before = FramesBehindPages();
        recorder.Expect(KernelMemory.Space.Allocate(PageCount, PageFlags.Writable, out VirtAddr pages) == KernelSpaceResult.Ok, "no pages");
        ExpectFault(pages - 1, "the page below", recorder);
        ExpectFault(pages + (PageCount * PageNumber.SizeBytes), "the page above", recorder);
        for (ulong i = 0; i < PageCount; i++)
            recorder.Expect(!Cpu.ProbeWrite8(pages + (i * PageNumber.SizeBytes), 1).Faulted, "a page cannot be written");
        recorder.Expect(KernelMemory.Space.TryGetPhysical(pages, out _), "a page has no frame");
        recorder.Expect(KernelMemory.Space.Free(pages) == KernelSpaceResult.Ok, "the pages cannot be freed");
        ExpectFault(pages, "a freed page", recorder);
        recorder.Expect(FramesBehindPages() == before, "frames are lost");
    }

    // Not all free frames: a heap may take one for the texts made meanwhile. Tables that stay linked are not lost.
    private static ulong FramesBehindPages() => unchecked(
        KernelMemory.Frames.OwnedBy(FrameOwner.Kernel) + KernelMemory.Frames.OwnedBy(FrameOwner.PageTable) - KernelMemory.Space.TableCount);

    private static void FramesAddUp(CheckRecorder recorder)
    {
        var frames = KernelMemory.Frames.Statistics;
        recorder.Expect(frames.Used + frames.Free + frames.Reserved == KernelMemory.Map.UsableFrames, "used, free and reserved are not all");
    }

    private static void HeapsHold(CheckRecorder recorder)
    {
        var blocks = KernelMemory.Heap.Validate();
        recorder.Expect(blocks == Memory.Heap.HeapInvariant.None, "kernel heap: " + blocks.ToString());
        var objects = KernelMemory.Objects.Validate();
        recorder.Expect(objects == Memory.Heap.HeapInvariant.None, "objects: " + objects.ToString());
    }

    private static void ExpectFault(VirtAddr address, string what, CheckRecorder recorder)
    {
        ProbeOutcome outcome = Cpu.ProbeRead8(address, out _);
        recorder.Expect(outcome.Faulted && outcome.Vector == PageFaultVector, what + " can be read");
    }

    private static void ExpectNull(string? problem, CheckRecorder recorder)
    {
        if (problem != null) recorder.Fail(problem);
    }

    /// <summary>Reads, writes back and tries to execute the first byte of each page, and reads beyond both ends of each run.</summary>
    private struct Prober : IMappingVisitor
    {
        private VirtAddr _end;

        public ulong PageCount { get; private set; }

        public string? Problem { get; private set; }

        public VirtAddr Where { get; private set; }

        public bool Visit(in MappedRun run)
        {
            // What lies between two runs is not mapped; neighbours with other flags are.
            if (_end != run.Start && PageCount != 0) ExpectHole(_end);
            if (_end != run.Start) ExpectHole(run.Start - 1);
            for (ulong page = 0; page < run.PageCount && Problem == null; page++)
                Probe(run.Start + (page << run.PageShift), run.Flags);
            PageCount += run.PageCount;
            _end = VirtAddr.FromTrusted(unchecked(run.Start.Value + run.SizeBytes));
            return Problem == null;
        }

        /// <summary>Reads beyond the last run, unless that goes up to the last address.</summary>
        public void Finish()
        {
            if (_end.Value != 0) ExpectHole(_end);
        }

        private void Probe(VirtAddr page, PageFlags flags)
        {
            Where = page;
            if (Cpu.ProbeRead8(page, out byte value).Faulted)
            {
                Problem = "a mapped page cannot be read";
                return;
            }

            bool isWritable = (flags & PageFlags.Writable) != 0;
            if (Cpu.ProbeWrite8(page, value).Faulted == isWritable) Problem = isWritable ? "a writable page cannot be written" : "a read-only page can be written";
            if ((flags & PageFlags.Executable) != 0 || Problem != null) return;

            // Executing a page that must not be executed: the fetch itself faults, so nothing of it runs.
            ProbeOutcome fetch = Cpu.ProbeExecute(page);
            if (!fetch.Faulted || fetch.Vector != PageFaultVector || (fetch.ErrorCode & FetchBit) == 0) Problem = "data can be executed";
        }

        private void ExpectHole(VirtAddr address)
        {
            if (Problem != null || Cpu.ProbeRead8(address, out _).Faulted) return;
            Problem = "an address that is not mapped can be read";
            Where = address;
        }
    }

    private struct WritableCode : IMappingVisitor
    {
        public bool IsFound { get; private set; }

        public VirtAddr Where { get; private set; }

        public bool Visit(in MappedRun run)
        {
            IsFound = (run.Flags & PageFlags.Writable) != 0 && (run.Flags & PageFlags.Executable) != 0;
            Where = run.Start;
            return !IsFound;
        }
    }
}
