using System.Numerics;

namespace MemOS.Memory.Frames;

/// <content>Single frames by the batch, for the CPUs' caches.</content>
public unsafe partial struct BuddyAllocator
{
    /// <summary>Gives up to <paramref name="wanted"/> frames to <paramref name="cache"/>; the smallest blocks first, so that large ones stay whole.</summary>
    internal void Fill(ref PerCpuCache cache, uint wanted)
    {
        while (wanted != 0 && _nonEmpty != 0)
        {
            int found = BitOperations.TrailingZeroCount(_nonEmpty);
            int largest = BitOperations.Log2(wanted);
            FrameDescriptor* block = _table.At(_first[found]);
            Pop(block, found);
            if (found > largest)
            {
                Split(block, found, largest);
                found = largest;
            }

            wanted -= 1U << found;
            _freeFrames -= 1UL << found;
            Cut(ref cache, block, 1U << found);
        }
    }

    /// <summary>Takes back what <see cref="Fill"/> gave: a stack of a cache.</summary>
    internal void TakeBack(FrameDescriptor* stack)
    {
        while (stack != null)
        {
            FrameDescriptor* next = stack->NextCached;
            FrameTable.Transition(stack, FrameState.Cached, FrameState.Free, FreeRest(0));
            Return(stack, stack->BlockOffset, 0);
            stack = next;
        }
    }

    /// <summary>Makes single cached frames of a free block that is in no list, the lowest on top.</summary>
    private readonly void Cut(ref PerCpuCache cache, FrameDescriptor* block, uint count)
    {
        uint offset = block->BlockOffset;
        for (uint i = count - 1; i != 0; i--)
        {
            FrameTable.Transition(block + i, FrameState.Inner, FrameState.Cached, _zoneBits);
            block[i].BlockOffset = offset + i;
            cache.Push(block + i);
        }

        FrameTable.Transition(block, FrameState.Free, FrameState.Cached, _zoneBits);
        cache.Push(block);
    }
}
