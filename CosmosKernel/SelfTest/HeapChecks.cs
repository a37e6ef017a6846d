using System.Runtime.CompilerServices;
using MemOS.Memory.Heap;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Checks of the kernel heap's own entries, and of what it says of mistakes.</summary>
public static unsafe class HeapChecks
{
    private const uint ChunkBytes = 1024 * 1024;
    private const int HidingDepth = 64;
    private const ulong Constructed = 0xC0FF_EE00_C0FF_EE00;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("heap.mistakes", Mistakes);
        suite.Add("heap.grows-in-place", GrowsInPlace);
        suite.Add("heap.caches", Caches);
        suite.Add("heap.exhaustion", Exhaustion);
        suite.Add("heap.leaks", Leaks);
        suite.Add("heap.invariants", Invariants);
    }

    private static void Mistakes(CheckRecorder check)
    {
        var view = new LiveHeapView();
        var mistakes = new HeapMistakes(view);
        HeapWatcher.IsQuiet = true;
        for (int i = view.Watch == HeapWatch.Checked ? 0 : HeapMistakes.FirstNamedAlways; i < HeapMistakes.Count; i++)
        {
            // The last one is a leak, which another check is about.
            HeapFreeResult expected = HeapMistakes.Expected(i);
            if (expected != HeapFreeResult.Ok) check.Equal(expected.Description(), mistakes.Commit(i).Description(), "mistake " + i.ToString());
        }

        HeapWatcher.IsQuiet = false;
    }

    private static void GrowsInPlace(CheckRecorder check)
    {
        if (KernelMemory.Heap.Watch == HeapWatch.Checked) return; // There it always moves.
        byte* block = KernelMemory.Heap.Allocate(ChunkBytes / 8);
        int inPlace = 0;
        for (uint size = ChunkBytes / 8; block != null && size < ChunkBytes; size += ChunkBytes / 8)
        {
            block[size - 1] = 0x5A;
            byte* grown = KernelMemory.Heap.Reallocate(block, size + (ChunkBytes / 8));
            if (grown == block) inPlace++;
            block = grown;
            check.Expect(block != null && block[size - 1] == 0x5A, "growing lost the content");
        }

        check.Expect(inPlace != 0, "a block never grew where it was");
        KernelMemory.Heap.Free(block);
    }

    private static void Caches(CheckRecorder check)
    {
        if (!KernelMemory.Heap.TryCreateCache("self-test", 120, 64, &Construct, out SlabCacheId cache))
        {
            check.Fail("no cache could be made");
            return;
        }

        for (int i = 0; i < 100; i++)
        {
            byte* block = KernelMemory.Heap.AllocateFrom(cache);
            check.Expect(block != null && (nuint)block % 64 == 0 && *(ulong*)block == Constructed, "an object is not as it was constructed");
            check.Expect(KernelMemory.Heap.Free(block) == HeapFreeResult.Ok, "an object could not be freed");
        }

        check.Expect(KernelMemory.Heap.TryDestroyCache(cache), "a cache without objects could not be given up");
    }

    private static void Exhaustion(CheckRecorder check)
    {
        ulong live = KernelMemory.Heap.GetStatistics().LiveBlocks;
        byte* last = null;
        int count = 0;
        for (byte* block = KernelMemory.Heap.Allocate(ChunkBytes); block != null; block = KernelMemory.Heap.Allocate(ChunkBytes))
        {
            *(byte**)block = last;
            last = block;
            count++;
        }

        while (last != null)
        {
            byte* next = *(byte**)last;
            check.Expect(KernelMemory.Heap.Free(last) == HeapFreeResult.Ok, "a block could not be freed");
            last = next;
        }

        check.Expect(count > 0, "there was no memory at all");
        byte* again = KernelMemory.Heap.Allocate(ChunkBytes);
        check.Expect(again != null, "freed memory did not come back");
        KernelMemory.Heap.Free(again);
        check.Expect(KernelMemory.Heap.GetStatistics().LiveBlocks == live, "blocks are counted that nobody has");
    }

    private static void Leaks(CheckRecorder check)
    {
        if (KernelMemory.Heap.Watch == HeapWatch.None) return;
        nuint hidden = Hide(HidingDepth);
        check.Expect(LeakSearch.TryRun(), "leaks could not be searched for");
        check.Expect(IsLeaked(~hidden), "a block that nothing points to was not found");
        KernelMemory.Heap.Free((void*)~hidden);
    }

    // Far down the stack, where the search does not look any more: what the calls there leave behind would keep the block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint Hide(int depth) => depth == 0 ? ~(nuint)KernelMemory.Heap.Allocate(1000) : unchecked(Hide(depth - 1) + 1) - 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsLeaked(nuint address)
    {
        HeapCursor cursor = default;
        while (KernelMemory.Heap.TryNextBlock(ref cursor, out TrackedBlock block))
        {
            if (block.Address.Value == address) return !block.IsReached;
        }

        return false;
    }

    private static void Invariants(CheckRecorder check) =>
        check.Expect(KernelMemory.Heap.Validate() == HeapInvariant.None, "an invariant of the heap is broken");

    private static void Construct(void* block) => *(ulong*)block = Constructed;
}
