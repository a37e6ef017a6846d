using System.Threading;
using MemOS.Memory.Heap;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>All processors allocate raw blocks, fill them and leave them in slots that they share; who finds one looks at it and frees it, whosever it was.</summary>
internal static unsafe class SharedBlockChecks
{
    private const int Steps = 4000;
    private const int ObservedSteps = 100; // Each call takes the lock, and some thousand instructions.
    private const int Slots = 96;
    private const uint MostWords = 48;

    private static ulong* s_slots;
    private static int s_failures;
    private static int s_strangers;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite) =>
        suite.Add("processors.blocks that one allocates others free, and none is lost or had twice", PassBlocks);

    private static void PassBlocks(CheckRecorder recorder)
    {
        HeapStatistics before = KernelMemory.Heap.GetStatistics();
        s_slots = (ulong*)KernelMemory.Heap.AllocateZeroed(Slots * sizeof(ulong));
        recorder.Expect(s_slots != null, "no memory for the slots");
        if (s_slots == null) return;
        s_failures = 0;
        s_strangers = 0;
        int others = ProcessorWork.Start(&Pass, recorder);
        Pass(0);
        ProcessorWork.Await(recorder);
        for (int slot = 0; slot < Slots; slot++) Take(Interlocked.Exchange(ref s_slots[slot], 0), 0);
        KernelMemory.Heap.Free(s_slots);
        recorder.Equal(0, s_failures, "blocks that were damaged or could not be freed");
        recorder.Expect(others == 0 || s_strangers != 0, "no processor freed what another had allocated");
        HeapStatistics after = KernelMemory.Heap.GetStatistics();
        recorder.Expect(after.Refusals == before.Refusals, "a free was refused");
        recorder.Expect(KernelMemory.Heap.Validate() == HeapInvariant.None, "an invariant of the heap is broken");
    }

    private static void Pass(CosmosAddress number)
    {
        RandomWords random = new((ulong)number + 1);
        int steps = KernelMemory.Heap.Watch == HeapWatch.None ? Steps : ObservedSteps;
        for (int step = 0; step < steps; step++)
        {
            uint words = 2 + (uint)random.Below((int)MostWords);
            ulong* block = (ulong*)KernelMemory.Heap.Allocate(words * sizeof(ulong));
            if (block == null) continue;
            block[0] = words;
            for (uint i = 1; i < words; i++) block[i] = (ulong)block ^ (ulong)number;
            Take(Interlocked.Exchange(ref s_slots[random.Below(Slots)], (ulong)block), number);
        }
    }

    // SAFETY: who has taken a block out of its slot has it alone; it says how long it is.
    private static void Take(ulong address, CosmosAddress number)
    {
        ulong* block = (ulong*)address;
        if (block == null) return;
        ulong words = block[0];
        bool isWhole = words is >= 2 and < 2 + MostWords;
        ulong by = isWhole ? block[1] ^ address : 0;
        for (uint i = 2; isWhole && i < words; i++) isWhole = (block[i] ^ address) == by;
        if (by != (ulong)number) Volatile.Write(ref s_strangers, 1);
        if (!isWhole || KernelMemory.Heap.Free(block) != HeapFreeResult.Ok) Interlocked.Increment(ref s_failures);
    }
}
