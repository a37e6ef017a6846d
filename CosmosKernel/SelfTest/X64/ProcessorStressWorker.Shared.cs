using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <content>Pages of a space that all have loaded: who has changed one says so when the change has returned, and then nobody may see the old one.</content>
/// <remarks>
/// A page's state is a word: a version, and in the lowest bits what the page allows. It is <see cref="Changing"/> from before a change until it has returned.
/// Who looks reads the word before and after: when both are the same the page must have done just what the word says. A frame that was unmapped is
/// marked as nobody's at once, and freed.
/// </remarks>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const ulong Unmapped = 0;
    private const ulong ReadOnly = 1;
    private const ulong Writable = 2;
    private const ulong Changing = 3;
    private const ulong StateMask = 3;
    private const ulong VersionStep = 4;
    private const byte NobodysByte = 0xEE;
    private const ulong NoFrame = ulong.MaxValue;
    private const int LeavePeriod = 8;
    private const int ComePeriod = 2;

    private readonly ulong[] _pageFrames = new ulong[ProcessorStressBoard.WatchedPages];
    private bool _hasShared;

    private static VirtAddr FirstShared => VirtAddr.FromTrusted(1UL << 30);

    private void StepShared()
    {
        int page = _random.Below(ProcessorStressBoard.WatchedPages);
        ref ulong state = ref _board.PageState(_place, page);
        ulong old = state;
        ulong version = (old | StateMask) + VersionStep - StateMask;
        Interlocked.Exchange(ref state, version | Changing); // Seen before the change is.
        ulong next = (old & StateMask) == Unmapped ? TryMapPage(page) : _random.Below(2) == 0 ? Unmap(page) : Protect(page, (old & StateMask) == Writable ? ReadOnly : Writable);
        Volatile.Write(ref state, version | next);
    }

    private ulong TryMapPage(int page)
    {
        if (!KernelMemory.Frames.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.Kernel).From(MemoryReach.Direct), out FrameNumber frame)) return Unmapped;
        MarkFrame(frame, ByteOf(_place, page));
        if (_board.Space->MapPage(PageAt(_place, page), frame.Start, PageFlags.Present | PageFlags.Writable) != PagingResult.Ok)
        {
            KernelMemory.Frames.Free(frame, Order.Zero);
            return Unmapped;
        }

        _pageFrames[page] = frame.Value;
        return Writable;
    }

    private ulong Unmap(int page)
    {
        FrameNumber frame = FrameNumber.FromTrusted(_pageFrames[page]);
        PagingResult result = _board.Space->UnmapPage(PageAt(_place, page), out PageEntry<LiveFormat> _);
        Expect(result == PagingResult.Ok, "a page could not be unmapped");
        MarkFrame(frame, NobodysByte);
        _pageFrames[page] = NoFrame;
        Expect(KernelMemory.Frames.Free(frame, Order.Zero) == FreeResult.Ok, "an unmapped frame could not be freed");
        return Unmapped;
    }

    private ulong Protect(int page, ulong wanted)
    {
        PageFlags flags = wanted == Writable ? PageFlags.Present | PageFlags.Writable : PageFlags.Present;
        PagingResult result = _board.Space->Protect(PageAt(_place, page), PageNumber.SizeBytes, flags, Holes.Refused);
        Expect(result == PagingResult.Ok, "a page could not be protected");
        return wanted;
    }

    // Not always loaded, so that some changes find it so; and the kernel's tables stay when the processor is idle, with what it knows of their pages.
    private void LookAtShared()
    {
        if (_random.Below(_hasShared ? LeavePeriod : ComePeriod) == 0)
        {
            _hasShared = !_hasShared;
            if (_hasShared) _board.Space->Load();
            else KernelMemory.Space.Load();
        }

        if (_hasShared) LookAtSharedPage();
    }

    private void LookAtSharedPage()
    {
        int owner = _random.Below(_board.Workers);
        int page = _random.Below(ProcessorStressBoard.WatchedPages);
        ref ulong state = ref _board.PageState(owner, page);
        ulong before = Volatile.Read(ref state);
        ProbeOutcome read = Cpu.ProbeRead8(PageAt(owner, page), out byte value);
        ProbeOutcome written = Cpu.ProbeWrite8(PageAt(owner, page), ByteOf(owner, page));
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref state) != before || (before & StateMask) == Changing) return;
        _counts.Looks++;
        if (written.Faulted) _counts.Faults++;
        Expect(read.Faulted == ((before & StateMask) == Unmapped), read.Faulted ? "a page that is mapped cannot be read" : "a page that is unmapped can be read");
        Expect(read.Faulted || value == ByteOf(owner, page), "a page shows another's frame");
        Expect(written.Faulted == ((before & StateMask) != Writable), written.Faulted ? "a page that is writable cannot be written" : "a page that is not writable can be written");
    }

    private void EndShared()
    {
        for (int page = 0; page < ProcessorStressBoard.WatchedPages; page++)
        {
            if (_pageFrames[page] == NoFrame) continue;
            ref ulong state = ref _board.PageState(_place, page);
            Interlocked.Exchange(ref state, (state | StateMask) + VersionStep);
            ulong version = state - StateMask + VersionStep;
            Volatile.Write(ref state, version | Unmap(page));
        }
    }

    private static VirtAddr PageAt(int owner, int page) => FirstShared + ((ulong)((owner * ProcessorStressBoard.WatchedPages) + page) << PageNumber.Shift);

    private static byte ByteOf(int owner, int page) => (byte)(((owner * ProcessorStressBoard.WatchedPages) + page) % NobodysByte);

    // SAFETY: the frame is the worker's, in the direct map.
    private static void MarkFrame(FrameNumber frame, byte mark) => *default(DirectMap).Pointer(frame.Start) = mark;
}
