using System;
using System.Runtime.CompilerServices;

namespace MemOS.Lab.Heaps;

/// <summary>The loop that times a heap.</summary>
internal static unsafe class TimedReplay
{
    /// <summary>Runs operations, writing the first and the last byte of each block that comes and reading the first of each that goes.</summary>
    /// <param name="heap">The heap.</param>
    /// <param name="operations">The operations.</param>
    /// <param name="blocks">The blocks by slot; null where there is none.</param>
    /// <returns>The sum of what was read: nobody wants it, but the compiler cannot know.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Run<THeap>(ref THeap heap, ReadOnlySpan<HeapOperation> operations, nuint[] blocks)
        where THeap : struct, IReplayHeap
    {
        uint sum = 0;
        foreach (ref readonly HeapOperation operation in operations)
        {
            ref nuint slot = ref blocks[operation.Slot];
            byte* block = (byte*)slot;
            if (operation.Verb == HeapVerb.Free)
            {
                if (block != null) sum += *block;
                heap.Free(block);
                slot = 0;
                continue;
            }

            block = operation.Verb == HeapVerb.Allocate
                ? heap.Allocate((nuint)operation.SizeBytes)
                : heap.Reallocate(block, (nuint)operation.SizeBytes);
            if (block == null) continue;

            // SAFETY: every heap gives at least a byte; the last one is in the block when it has more.
            *block = (byte)operation.Slot;
            if (operation.SizeBytes != 0) block[operation.SizeBytes - 1] = 1;
            slot = (nuint)block;
        }

        return sum;
    }
}
