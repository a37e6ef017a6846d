using System.Runtime.CompilerServices;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>What it costs to bring up the frame table and the zones, done once more as at boot: up to the first frame handed out.</summary>
/// <remarks>
/// The zones made here manage the numbers of the machine's frames, in storage of their own; no frame is touched, so the zones in
/// use do not notice.
/// </remarks>
public static unsafe class SetUpFigure
{
    private const int Iterations = 4;

    private static FrameRange s_storage;

    /// <summary>Adds the figure to a suite.</summary>
    public static void AddTo(BenchSuite suite) =>
        suite.Add(new BenchFigure("frame.setup", Iterations, SetUp, TakeStorage, GiveBack));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetUp(int iterations)
    {
        if (s_storage.IsEmpty) return;
        byte* storage = default(DirectMap).Pointer(s_storage.Start.Start);
        FramePlan plan = KernelMemory.Plan;
        ReservedRegions reserved = KernelMemory.Reserved;
        for (int i = 0; i < iterations; i++)
        {
            PhysicalMemory<DirectMap, LoneProcessor> frames = new(in KernelMemory.Map, in reserved, in plan, storage + LoneProcessor.StorageBytes, default, new LoneProcessor(storage));
            KernelAssert.That(frames.TryAllocate(Order.Zero, FrameOwner.Kernel, out _), "SetUpFigure: new zones have no frame");
        }
    }

    private static void TakeStorage()
    {
        FramePlan plan = KernelMemory.Plan;
        ulong bytes = LoneProcessor.StorageBytes + LiveFrames.MetadataBytes(in KernelMemory.Map, in plan);
        KernelMemory.Frames.TryAllocateRun(FrameRange.Covering(PhysAddr.Zero, bytes).Count, FrameRequest.For(FrameOwner.Kernel), out s_storage);
    }

    private static void GiveBack()
    {
        if (!s_storage.IsEmpty) KernelMemory.Frames.FreeRun(s_storage);
        s_storage = default;
    }
}
