using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <content>Frames: each block has a mark in it while somebody has it.</content>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const int MostFrames = 256;
    private const int MostOrder = 5;
    private const int OrderShift = 3;
    private const int FrameShift = 8;
    private const ulong MarkFactor = 0x9E37_79B9_7F4A_7C15;

    private readonly ulong[] _frames = new ulong[MostFrames]; // As letters.
    private int _frameCount;

    private void StepFrames()
    {
        if (_frameCount < MostFrames && _random.Below(2) == 0) AllocateFrames();
        else if (_frameCount != 0) FreeSomeFrame();
    }

    private void AllocateFrames()
    {
        int order = _random.Below(4) != 0 ? 0 : _random.Below(MostOrder + 1);
        FrameRequest request = FrameRequest.For(FrameOwner.Kernel).From(MemoryReach.Direct);
        if (_random.Below(8) == 0) request = request.Cleared();
        if (!KernelMemory.Frames.TryAllocate(Order.FromTrusted((byte)order), request, out FrameNumber frame)) return;
        ulong letter = frame.Value << FrameShift | (ulong)order << OrderShift | FrameLetter;
        Expect(*MarkOf(letter) != Mark(letter), "a frame that somebody has was allocated");
        Expect(request.Zeroing != Zeroing.Zeroed || *MarkOf(letter) == 0, "a cleared frame is not clear");
        *MarkOf(letter) = Mark(letter);
        *LastOf(letter) = Mark(letter);
        _frames[_frameCount++] = letter;
    }

    private void FreeSomeFrame()
    {
        int index = _random.Below(_frameCount);
        ulong letter = _frames[index];
        _frames[index] = _frames[--_frameCount];
        if (_random.Below(4) != 0 || !TryHandOver(letter)) TakeFrame(letter);
    }

    private void TakeFrame(ulong letter)
    {
        Expect(*MarkOf(letter) == Mark(letter) && *LastOf(letter) == Mark(letter), "a frame's content has changed");
        *MarkOf(letter) = 0;
        *LastOf(letter) = 0;
        FreeResult result = KernelMemory.Frames.Free(FrameNumber.FromTrusted(letter >> FrameShift), OrderOf(letter));
        Expect(result == FreeResult.Ok, "a frame could not be freed");
    }

    private void EndFrames()
    {
        while (_frameCount != 0) TakeFrame(_frames[--_frameCount]);
    }

    private static Order OrderOf(ulong letter) => Order.FromTrusted((byte)((letter >> OrderShift) & 31));

    private static ulong Mark(ulong letter) => unchecked(letter * MarkFactor);

    // SAFETY, both: the block is the worker's, in the direct map.
    private static ulong* MarkOf(ulong letter) => (ulong*)default(DirectMap).Pointer(FrameNumber.FromTrusted(letter >> FrameShift).Start);

    private static ulong* LastOf(ulong letter) => (ulong*)((byte*)MarkOf(letter) + (FrameNumber.SizeBytes << OrderOf(letter).Value)) - 1;
}
