using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Address spaces on the live processor: what one has written another does not see, and nothing of them is left.</summary>
public static unsafe class SpaceChecks
{
    private const int SpaceCount = 100;
    private const int PageCount = 3;
    private const int Rounds = 3;
    private const ulong Stride = 1UL << 21; // a table for each page
    private const ulong FramesPerSpace = 3 + (2 * PageCount);

    private static VirtAddr FirstPage => VirtAddr.FromTrusted(1UL << 30);

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("paging.address spaces hold their own data and leave nothing", ManySpaces);
        suite.Add("paging.a change in a space that is not loaded is seen when it is", ChangeWhileAway);
        suite.Add("paging.the kernel's half is the same in every space", KernelHalf);
    }

    private static void ManySpaces(CheckRecorder recorder)
    {
        // A machine of 6 MiB has not room for all of them.
        ulong room = KernelMemory.Frames.Statistics.Free / 2 / FramesPerSpace;
        int wanted = room < SpaceCount ? (int)room : SpaceCount;
        byte* storage = KernelMemory.AllocateBlock((nuint)StructArray<UserSpace>.BytesFor(wanted));
        recorder.Expect(storage != null, "no memory for the spaces");
        if (storage == null) return;
        ulong before = OwnedFrames;
        StructArray<UserSpace> spaces = new(storage, wanted); // SAFETY: the block has room for them.
        bool wereOn = Cpu.DisableInterrupts(); // the lower half is the check's own
        int made = 0;
        while (made < wanted && TryFill(ref spaces[made], made, recorder)) made++;
        recorder.Equal(wanted, made, "spaces made");
        for (int round = 0; round < Rounds; round++)
        {
            for (int space = 0; space < made; space++) Compare(ref spaces[space], space, round, recorder);
        }

        KernelMemory.Space.Load();
        FrameGiver giver = default;
        for (int space = 0; space < made; space++) spaces[space].Destroy(ref giver);
        Cpu.RestoreInterrupts(wereOn);
        recorder.Expect(Cpu.ProbeRead8(FirstPage, out _).Faulted, "the kernel's space has a lower half");
        recorder.Equal((long)before, (long)OwnedFrames, "frames of pages and tables");
        KernelMemory.Heap.Free(storage);
    }

    // The processor knows the page by then; the space is changed while another runs.
    private static void ChangeWhileAway(CheckRecorder recorder)
    {
        recorder.Expect(KernelMemory.TryCreateSpace(out UserSpace space), "no memory for a space");
        if (recorder.Failure != null || !TryMap(ref space, 0, recorder) || !TryMap(ref space, 1, recorder)) return;
        bool wereOn = Cpu.DisableInterrupts();
        space.Load();
        recorder.Expect(!Cpu.ProbeWrite8(PageAt(0), 1).Faulted && !Cpu.ProbeWrite8(PageAt(1), 2).Faulted, "a mapped page cannot be written");
        KernelMemory.Space.Load();
        ulong flushes = space.FlushCount;
        recorder.Expect(space.UnmapPage(PageAt(0), out PageEntry<LiveFormat> unmapped) == PagingResult.Ok, "a page cannot be unmapped");
        recorder.Expect(space.Protect(PageAt(1), PageNumber.SizeBytes, PageFlags.Present, Holes.Refused) == PagingResult.Ok, "a page cannot be protected");
        recorder.Equal((long)flushes + 2, (long)space.FlushCount, "flushes counted");
        ulong kept = LocalTlb.Spaces.KeptCount;
        space.Load();
        recorder.Equal((long)kept, (long)LocalTlb.Spaces.KeptCount, "switches that kept what was to be forgotten");
        recorder.Expect(Cpu.ProbeRead8(PageAt(0), out _).Faulted, "an unmapped page can be read");
        recorder.Expect(!Cpu.ProbeRead8(PageAt(1), out byte value).Faulted && value == 2, "a read-only page cannot be read");
        recorder.Expect(Cpu.ProbeWrite8(PageAt(1), value).Faulted, "a read-only page can be written");
        KernelMemory.Space.Load();
        ExpectKept(ref space, recorder);
        FrameGiver giver = default;
        giver.Give(unmapped.Address.ContainingFrame);
        space.Destroy(ref giver);
        Cpu.RestoreInterrupts(wereOn);
    }

    // With numbers two switches without a change between them forget nothing, without numbers every switch does.
    private static void ExpectKept(ref UserSpace space, CheckRecorder recorder)
    {
        ulong kept = LocalTlb.Spaces.KeptCount;
        space.Load();
        KernelMemory.Space.Load();
        int expected = LocalTlb.Spaces.NumberCount > 1 ? 2 : 0;
        recorder.Equal(expected, (long)(LocalTlb.Spaces.KeptCount - kept), "switches that kept what is held");
    }

    private static void KernelHalf(CheckRecorder recorder)
    {
        recorder.Expect(KernelMemory.TryCreateSpace(out UserSpace space), "no memory for a space");
        if (recorder.Failure != null) return;
        // Mapped after the space was made, and gone again before it ends.
        recorder.Expect(KernelMemory.Space.Allocate(1, PageFlags.Writable, out VirtAddr page) == KernelSpaceResult.Ok, "no kernel page");
        bool wereOn = Cpu.DisableInterrupts();
        space.Load();
        recorder.Expect(!Cpu.ProbeWrite8(page, 7).Faulted, "a kernel page mapped later is not there");
        recorder.Expect(KernelMemory.Space.Free(page) == KernelSpaceResult.Ok, "the kernel page cannot be freed");
        recorder.Expect(Cpu.ProbeRead8(page, out _).Faulted, "a kernel page unmapped later is still there");
        string? problem = space.Validate(KernelMemory.Space.Root);
        if (problem != null) recorder.Fail(problem);
        KernelMemory.Space.Load();
        FrameGiver giver = default;
        space.Destroy(ref giver);
        Cpu.RestoreInterrupts(wereOn);
    }

    private static bool TryFill(ref UserSpace space, int number, CheckRecorder recorder)
    {
        if (!KernelMemory.TryCreateSpace(out space)) return false;
        for (int page = 0; page < PageCount; page++)
        {
            if (!TryMap(ref space, page, recorder)) return true;
        }

        space.Load();
        for (int page = 0; page < PageCount; page++)
            recorder.Expect(!Cpu.ProbeWrite8(PageAt(page), Content(number, page, 0)).Faulted, "a mapped page cannot be written");
        return true;
    }

    private static bool TryMap(ref UserSpace space, int page, CheckRecorder recorder)
    {
        FrameRequest request = FrameRequest.For(FrameOwner.User).Cleared();
        bool isMapped = KernelMemory.Frames.TryAllocate(Order.Zero, request, out FrameNumber frame)
            && space.Map(PageAt(page), frame.Start, PageNumber.SizeBytes, PageFlags.Present | PageFlags.Writable, LargePages.Never) == PagingResult.Ok;
        recorder.Expect(isMapped, "no memory for a page");
        return isMapped;
    }

    private static void Compare(ref UserSpace space, int number, int round, CheckRecorder recorder)
    {
        space.Load();
        for (int page = 0; page < PageCount; page++)
        {
            bool isRead = !Cpu.ProbeRead8(PageAt(page), out byte value).Faulted;
            recorder.Expect(isRead && value == Content(number, page, round), "a space does not see what it has written");
            recorder.Expect(!Cpu.ProbeWrite8(PageAt(page), Content(number, page, round + 1)).Faulted, "a page cannot be written any more");
        }

        recorder.Expect(Cpu.ProbeRead8(PageAt(PageCount), out _).Faulted, "a space has a page that nobody mapped");
    }

    private static VirtAddr PageAt(int page) => FirstPage + ((ulong)(uint)page * Stride);

    private static byte Content(int space, int page, int round) => unchecked((byte)(space + (PageCount * SpaceCount * round) + (SpaceCount * page)));

    private static ulong OwnedFrames => unchecked(KernelMemory.Frames.OwnedBy(FrameOwner.User) + KernelMemory.TablesInUse);

    /// <summary>Gives back the frames behind what was mapped.</summary>
    private struct FrameGiver : IMappingVisitor
    {
        public readonly bool Visit(in MappedRun run)
        {
            for (ulong page = 0; page < run.PageCount; page++) Give(run.Target.ContainingFrame + page);
            return true;
        }

        public readonly void Give(FrameNumber frame)
        {
            FreeResult result = KernelMemory.Frames.Free(frame, Order.Zero);
            KernelAssert.That(result == FreeResult.Ok, "SpaceChecks: a frame that was not allocated");
        }
    }
}
