using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.SelfTest;
using MemOS.Startup;

namespace NarrowKernel;

/// <summary>All the memory that there is, above 896 MiB through the window.</summary>
internal static unsafe class ReachChecks
{
    private const ulong Mark = 0x9E37_79B9_7F4A_7C15;
    private const ulong Steps = 64;
    private const int MostBlocks = 64;

    private static ulong Step => KernelMemory.Map.UsableEnd.Value / Steps;

    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("reach.free frames up to the highest keep what is written", FreeFrames);
        suite.Add("reach.blocks of 2 MiB are taken, written and given back", Blocks);
    }

    // First all are written, then all are read: two addresses of one place are seen. Nobody else takes frames meanwhile.
    private static void FreeFrames(CheckRecorder check)
    {
        int written = 0;
        FrameNumber last = FrameNumber.Zero;
        for (int turn = 0; turn < 2; turn++)
        {
            int position = 0;
            while (KernelMemory.Map.TryNextUsable(ref position, out FrameRange range))
            {
                for (FrameNumber frame = range.Start; frame < range.End; frame = Next(frame, range))
                {
                    if (KernelMemory.Frames.Describe(frame).State != FrameState.Free) continue;
                    if (turn == 0) Write(frame);
                    else check.Expect(IsWritten(frame), "a frame has another content than was written");
                    written++;
                    last = frame;
                }
            }
        }

        check.Expect(written > 4, "no frame is free");
        check.Expect(last + (2 * Step) >= KernelMemory.Map.UsableEnd, "the memory's end was not reached");
    }

    private static void Blocks(CheckRecorder check)
    {
        ref var frames = ref KernelMemory.Frames;
        FrameNumber[] blocks = new FrameNumber[MostBlocks];
        ulong free = frames.Statistics.Free;
        int count = 0;
        while (count < MostBlocks && frames.TryAllocate(Order.TwoMiB, FrameOwner.Kernel, out blocks[count])) count++;
        check.Expect(count != 0 && frames.Statistics.Free == free - ((ulong)(uint)count << Order.TwoMiB.Value), "blocks are not counted");
        for (int i = 0; i < count; i++) Write(blocks[i], Order.TwoMiB.FrameCount);
        for (int i = 0; i < count; i++)
        {
            check.Expect(IsWritten(blocks[i], Order.TwoMiB.FrameCount), "a block has another content than was written");
            check.Expect(frames.Free(blocks[i], Order.TwoMiB) == FreeResult.Ok, "a block could not be freed");
        }

        check.Expect(frames.Statistics.Free == free, "frames are lost");
    }

    private static FrameNumber Next(FrameNumber frame, FrameRange range)
    {
        FrameNumber next = frame + Step;
        return next < range.End || frame == range.End - 1 ? next : range.End - 1;
    }

    private static void Write(FrameNumber start, ulong count = 1)
    {
        for (ulong i = 0; i < count; i += FramesBetween(count))
        {
            *First(start + i) = Word(start + i);
            *Last(start + i) = ~Word(start + i);
        }
    }

    private static bool IsWritten(FrameNumber start, ulong count = 1)
    {
        bool isWritten = true;
        for (ulong i = 0; i < count; i += FramesBetween(count)) isWritten &= *First(start + i) == Word(start + i) && *Last(start + i) == ~Word(start + i);
        return isWritten;
    }

    private static ulong FramesBetween(ulong count) => count < 4 ? 1 : count / 4;

    private static ulong Word(FrameNumber frame) => unchecked((frame.Value + 1) * Mark);

    // SAFETY, both: the frame is ours; a pointer behind the window's end is used before another frame is asked for.
    private static ulong* First(FrameNumber frame) => (ulong*)default(DirectMap).Pointer(frame.Start);

    private static ulong* Last(FrameNumber frame) => (ulong*)default(DirectMap).Pointer(frame.Start + (FrameNumber.SizeBytes - sizeof(ulong)));
}
