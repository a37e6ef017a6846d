using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>All processors work with frames at once.</summary>
internal static unsafe class FrameProcessorChecks
{
    private const int Rounds = 20;
    private const int BlocksEach = 400;
    private const ulong MarkerStep = 0x9E37_79B9_7F4A_7C15; // So that no two frames' markers are near each other.

    private static ulong[][]? s_blocks;
    private static int s_failures;

    internal static void AddTo(SelfTestSuite suite) =>
        suite.Add("processors.each allocates frames for itself and frees another's", Frames);

    private static void Frames(CheckRecorder recorder)
    {
        int others = ProcessorWork.CountOthers();
        if (others == 0) return;
        s_blocks = new ulong[CrossCalls.Count][];
        for (int number = 0; number < s_blocks.Length; number++) s_blocks[number] = new ulong[BlocksEach];
        s_failures = 0;
        KernelMemory.Frames.DrainAll();
        ulong users = KernelMemory.Frames.OwnedBy(FrameOwner.User);
        for (int round = 0; round < Rounds && s_failures == 0; round++)
        {
            ProcessorWork.Start(&Allocate, recorder);
            ProcessorWork.Await(recorder);
            ProcessorWork.Start(&FreeOthers, recorder);
            ProcessorWork.Await(recorder);
        }

        recorder.Equal(0, s_failures, "frames that were not had, or not as they were left");
        KernelMemory.Frames.DrainAll();
        recorder.Expect(KernelMemory.Frames.OwnedBy(FrameOwner.User) == users, "frames that nobody has are counted as somebody's");
        string? broken = KernelMemory.Frames.Validate();
        recorder.Expect(broken is null, broken!);
        s_blocks = null;
    }

    private static void Allocate(CosmosAddress number)
    {
        ulong[] blocks = s_blocks![(int)number];
        for (int i = 0; i < blocks.Length; i++)
        {
            bool isThere = KernelMemory.Frames.TryAllocate(OrderOf(i), FrameOwner.User, out FrameNumber frame);
            blocks[i] = frame.Value;
            if (!isThere) Interlocked.Increment(ref s_failures);
            else *Marker(frame) = MarkerOf(frame, number);
        }
    }

    private static void FreeOthers(CosmosAddress number)
    {
        // The one before it, in a circle of the others.
        int before = (int)number == 1 ? CrossCalls.Count - 1 : (int)number - 1;
        ulong[] blocks = s_blocks![before];
        for (int i = 0; i < blocks.Length; i++)
        {
            FrameNumber frame = FrameNumber.FromTrusted(blocks[i]);
            bool isAsLeft = *Marker(frame) == MarkerOf(frame, (CosmosAddress)(uint)before);
            if (!isAsLeft || KernelMemory.Frames.Free(frame, OrderOf(i)) != FreeResult.Ok) Interlocked.Increment(ref s_failures);
        }
    }

    // Mostly single frames, some blocks of up to 64.
    private static Order OrderOf(int index) => Order.FromTrusted(index % 16 == 0 ? index / 16 % 7 : 0);

    private static ulong* Marker(FrameNumber frame) => (ulong*)default(DirectMap).Pointer(frame.Start);

    private static ulong MarkerOf(FrameNumber frame, CosmosAddress number) => unchecked((frame.Value + 1) * MarkerStep) ^ (ulong)number;
}
