using System;
using System.Collections.Generic;
using System.Text;
using MemOS.Hardware;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The live page tables against what the processor does with them.</summary>
public static class PagingChecks
{
    private const ulong RandomChanges = 100_000;
    private const ulong RandomSeed = 2026;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("paging.every mapping agrees with the processor", EveryMapping);
        suite.Add("paging.nothing is writable and executable", NothingWritableAndExecutable);
        suite.Add("paging.page 0 is not mapped", PageZero);
        suite.Add("paging.the boot stack has a guard page", recorder => ExpectNothingAt(KernelMemory.Image.StackGuard, recorder));
        suite.Add("paging.each range has a guard page on both sides", GuardPages);
        suite.Add("paging.the tables hold their invariants", recorder => ExpectNull(KernelMemory.Space.Validate(), recorder));
        suite.Add("paging.kernel pages have guards and come back", KernelPages);
        suite.Add("paging.device windows have the memory type that they were mapped with", DeviceTypes);
        suite.Add("paging.a reserved bit is reported as one", ReservedBits);
        suite.Add("paging.100000 random changes agree with a model", RandomOperations);
        suite.Add("frames.every frame is accounted for", FramesAddUp);
        suite.Add("frames.the zones hold their invariants", recorder => ExpectNull(KernelMemory.Frames.Validate(), recorder));
        suite.Add("heap.the heaps hold their invariants", HeapsHold);
    }

    private static void EveryMapping(CheckRecorder recorder)
    {
        MappingProber prober = default;
        bool wereOn = Cpu.DisableInterrupts(); // a byte is written back as it was read: nobody may write it in between
        KernelMemory.Space.Walker.VisitMappings(ref prober);
        prober.Finish();
        Cpu.RestoreInterrupts(wereOn);
        ExpectNoProblem(in prober, recorder);
        recorder.Expect(prober.PageCount > 0, "the tables map nothing");
        recorder.Expect(prober.ExecutedCount > 0, "no code was executed");
    }

    private static void NothingWritableAndExecutable(CheckRecorder recorder)
    {
        IPageTables tables = LiveAddressSpace.Tables;
        PageTableCensus census = tables.Count();
        recorder.Equal((long)KernelMemory.Space.TableCount, (long)census.TableCount, "tables scanned");
        recorder.Equal(0, (long)census.WritableExecutablePages, "pages that are writable and executable");
        recorder.Equal(0, (long)census.BrokenEntries, "entries with a reserved bit");
        bool isFound = WritableCode.TryFind(tables.Runs(), out MappedRun code, out MappedRun data);
        recorder.Expect(!isFound, "the code at " + code.Start.ToString() + " can be written at " + data.Start.ToString());
    }

    private static void PageZero(CheckRecorder recorder)
    {
        ExpectNothingAt(VirtAddr.Zero, recorder);
        ExpectNothingAt(VirtAddr.FromTrusted(PageNumber.SizeBytes - 1), recorder);
    }

    private static void GuardPages(CheckRecorder recorder)
    {
        KernelLayout layout = KernelMemory.Space.Layout;
        VirtAddr end = VirtAddr.Zero;
        int ranges = 0;
        foreach (MappedRun run in LiveAddressSpace.Tables.Runs())
        {
            if (!layout.Heap.Contains(run.Start) && !layout.Stacks.Contains(run.Start) && !layout.Devices.Contains(run.Start)) continue;
            if (run.Start != end)
            {
                if (ranges != 0) ExpectGuard(end, recorder);
                ExpectGuard(run.Start - PageNumber.SizeBytes, recorder);
                ranges++;
            }

            end = run.Start + run.SizeBytes;
        }

        if (ranges != 0) ExpectGuard(end, recorder);
        recorder.Expect(ranges > 0, "there is no stack");
    }

    private static void KernelPages(CheckRecorder recorder)
    {
        const ulong PageCount = 3;
        ulong before = FramesBehindPages();
        recorder.Expect(KernelMemory.Space.Allocate(PageCount, PageFlags.Writable, out VirtAddr pages) == KernelSpaceResult.Ok, "no pages");
        ExpectGuard(pages - PageNumber.SizeBytes, recorder);
        ExpectGuard(pages + (PageCount * PageNumber.SizeBytes), recorder);
        for (ulong i = 0; i < PageCount; i++)
            recorder.Expect(!Cpu.ProbeWrite8(pages + (i * PageNumber.SizeBytes), 1).Faulted, "a page cannot be written");
        recorder.Expect(KernelMemory.Space.TryGetPhysical(pages, out _), "a page has no frame");
        recorder.Expect(KernelMemory.Space.Free(pages) == KernelSpaceResult.Ok, "the pages cannot be freed");
        ExpectNothingAt(pages, recorder);
        recorder.Expect(FramesBehindPages() == before, "frames are lost");
    }

    // Only the tables and the register are read: nothing is accessed through the window.
    private static void DeviceTypes(CheckRecorder recorder)
    {
        if (!ProcessorState.Features.Has(CpuFeature.Pat)) return;
        ExpectDeviceType(Caching.Disabled, PageAttributeTable.Uncached, recorder);
        ExpectDeviceType(Caching.WriteThrough, PageAttributeTable.WriteThrough, recorder);
        ExpectDeviceType(Caching.WriteCombining, PageAttributeTable.WriteCombining, recorder);
        ExpectDeviceType(Caching.WriteBack, PageAttributeTable.WriteBack, recorder);
    }

    private static void ExpectDeviceType(Caching caching, byte expected, CheckRecorder recorder)
    {
        PhysAddr device = PhysAddr.FromTrusted(0xFEC0_0000); // the interrupt controller's registers
        recorder.Expect(KernelMemory.Space.MapDevice(device, PageNumber.SizeBytes, caching, out VirtAddr address) == KernelSpaceResult.Ok, "no window");
        if (recorder.Failure != null) return;
        var steps = new List<WalkStep>();
        LiveAddressSpace.Tables.Explain(address, steps);
        ulong types = Cpu.ReadMsr(PageAttributeTable.Register);
        recorder.Equal(expected, PageAttributeTable.TypeOf(types, steps[steps.Count - 1].Entry), "memory type");
        recorder.Expect(KernelMemory.Space.UnmapDevice(address) == KernelSpaceResult.Ok, "the window cannot be taken back");
    }

    private static void ReservedBits(CheckRecorder recorder)
    {
        bool wereOn = Cpu.DisableInterrupts();
        BrokenEntry root = BrokenEntry.OfRoot();
        ExpectReserved(root.Address, recorder);
        root.Mend();
        Cpu.RestoreInterrupts(wereOn);
        ExpectNothingAt(root.Address, recorder);

        int width = ProcessorState.Features.PhysicalAddressBits;
        if (width == default(LiveFormat).PhysicalBits) return; // no address is too wide for such a machine
        recorder.Expect(KernelMemory.Space.Allocate(1, PageFlags.Writable, out VirtAddr page) == KernelSpaceResult.Ok, "no page");
        if (recorder.Failure != null) return;
        wereOn = Cpu.DisableInterrupts();
        BrokenEntry leaf = BrokenEntry.OfPage(page, width);
        ExpectReserved(page, recorder);
        leaf.Mend();
        Cpu.RestoreInterrupts(wereOn);
        recorder.Expect(!Cpu.ProbeRead8(page, out _).Faulted, "a mended page cannot be read");
        recorder.Expect(KernelMemory.Space.Free(page) == KernelSpaceResult.Ok, "the page cannot be freed");
    }

    // QEMU 7.2 leaves out the bit for a page that is present, which the manual has set (Intel SDM vol. 3A, 4.7).
    private static void ExpectReserved(VirtAddr address, CheckRecorder recorder)
    {
        const PageFaultError Expected = PageFaultError.ReservedBit | PageFaultError.Protection;
        ProbeOutcome outcome = Cpu.ProbeRead8(address, out _);
        recorder.Expect(outcome.Faulted, "a page under a reserved bit can be read");
        PageFaultError error = (PageFaultError)outcome.ErrorCode;
        recorder.Equal((long)Expected, (long)(error | PageFaultError.Protection), "error code");
        TextSink report = new(new StringBuilder());
        FaultReport.Write(ref report, address, error, address, FaultDriver.Walker);
        string text = report.ToString();
        recorder.Expect(text.Contains("kernel read of a page whose tables have a reserved bit set"), "the report does not name it: " + text);
        recorder.Expect(text.EndsWith("which has a reserved bit set\n  the walk ends at a reserved bit\n", StringComparison.Ordinal), "the walk does not end there: " + text);
    }

    private static void RandomOperations(CheckRecorder recorder) =>
        ExpectNull(KernelStress.NewPaging().Run(StressBudget.OfOperations(RandomChanges, RandomSeed)), recorder);

    // Not all free frames: a heap may take one for the texts made meanwhile. Tables that stay linked are not lost.
    private static ulong FramesBehindPages() => unchecked(
        KernelMemory.Frames.OwnedBy(FrameOwner.Kernel) + KernelMemory.TablesInUse - KernelMemory.Space.TableCount);

    private static void FramesAddUp(CheckRecorder recorder)
    {
        var frames = KernelMemory.Frames.Statistics;
        recorder.Expect(frames.Used + frames.Free + frames.Reserved == KernelMemory.Map.UsableFrames, "used, free and reserved are not all");
    }

    private static void HeapsHold(CheckRecorder recorder)
    {
        var blocks = KernelMemory.Heap.Validate();
        if (blocks != Memory.Heap.HeapInvariant.None) recorder.Fail("kernel heap: " + blocks.ToString());
        var objects = KernelMemory.Objects.Validate();
        if (objects != Memory.Heap.HeapInvariant.None) recorder.Fail("objects: " + objects.ToString());
    }

    private static void ExpectGuard(VirtAddr page, CheckRecorder recorder)
    {
        ExpectNothingAt(page, recorder);
        ExpectNothingAt(page + (PageNumber.SizeBytes - 1), recorder);
    }

    private static void ExpectNothingAt(VirtAddr address, CheckRecorder recorder)
    {
        MappingProber prober = default;
        prober.ExpectHole(address);
        ExpectNoProblem(in prober, recorder);
    }

    private static void ExpectNoProblem(in MappingProber prober, CheckRecorder recorder)
    {
        if (prober.Problem == null) return;
        recorder.Fail(prober.Problem + " at " + prober.Where.ToString() + ", " + prober.PageCount.ToString() + " pages before it in order");
    }

    private static void ExpectNull(string? problem, CheckRecorder recorder)
    {
        if (problem != null) recorder.Fail(problem);
    }

    private readonly struct TextSink : ITextSink
    {
        private readonly StringBuilder _text;

        internal TextSink(StringBuilder text) => _text = text;

        public void Write(byte character) => _text.Append((char)character);

        public override string ToString() => _text.ToString();
    }
}
