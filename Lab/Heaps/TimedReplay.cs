using System;
using System.Runtime.CompilerServices;

namespace MemOS.Lab.Heaps;

/// <summary>The loop that times a heap.</summary>
internal static unsafe class TimedReplay
{
    /// <summary>What was read: nobody wants it, but the compiler cannot know.</summary>
    private static uint s_read;

    /// <summary>Runs operations, writing the first and the last byte of each block that comes and reading the first of each that goes.</summary>
    /// <param name="heap">The heap.</param>
    /// <param name="operations">The operations.</param>
    /// <param name="blocks">The blocks by slot; null where there is none.</param>
    /// <returns>How many allocations and reallocations failed.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Run<THeap>(ref THeap heap, ReadOnlySpan<HeapOperation> operations, nuint[] blocks)
        where THeap : struct, IReplayHeap
    {
        uint read = 0;
        long failures = 0;
        foreach (ref readonly HeapOperation operation in operations)
        {
            ref nuint slot = ref blocks[operation.Slot];
            byte* block = (byte*)slot;
            if (operation.Verb == HeapVerb.Free)
            {
                if (block != null) read += *block;
                heap.Free(block);
                slot = 0;
                continue;
            }

            block = operation.Verb == HeapVerb.Allocate
                ? heap.Allocate((nuint)operation.SizeBytes)
                : heap.Reallocate(block, (nuint)operation.SizeBytes);
            if (block == null)
            {
                failures++;
                continue;
            }

            // SAFETY: every heap gives at least a byte; the last one is in the block when it has more.
            *block = (byte)operation.Slot;
            if (operation.SizeBytes != 0) block[operation.SizeBytes - 1] = 1;
            slot = (nuint)block;
        }

        s_read = read;
        return failures;
    }
}
