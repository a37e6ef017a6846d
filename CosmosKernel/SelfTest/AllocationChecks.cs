using System;
using System.Collections.Generic;
using Cosmos.Core.Memory;

namespace MemOS.SelfTest;

/// <summary>Checks of memory as the kernel's programs see it: <c>Heap.Alloc</c>, <c>new</c>.</summary>
public static unsafe class AllocationChecks
{
    private const int LiveBlocks = 64;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("heap.million-pairs", MillionPairs);
        suite.Add("heap.zeroed", Zeroed);
        suite.Add("heap.live-blocks", LiveBlocksKeepTheirContent);
        suite.Add("heap.realloc", Realloc);
        suite.Add("new.hundred-thousand", HundredThousandObjects);
        suite.Add("new.zeroed", NewIsZeroed);
        suite.Add("new.large-arrays", LargeArrays);
    }

    private static void MillionPairs(CheckRecorder check)
    {
        const int pairs = 1_000_000;
        for (int i = 0; i < pairs; i++)
        {
            uint size = 8 + ((uint)i & 0xF8);
            byte* block = Heap.Alloc(size);
            if (block == null)
            {
                check.Fail("pair " + i.ToString() + ": no memory");
                return;
            }

            // SAFETY: the block has at least 8 bytes.
            block[0] = (byte)i;
            block[7] = (byte)i;
            Heap.Free(block);
        }
    }

    private static void Zeroed(CheckRecorder check)
    {
        for (uint size = 1; size <= 20_000; size += 617)
        {
            byte* block = Heap.Alloc(size);
            check.Expect(IsFilledWith(block, size, 0), "a new block of " + size.ToString() + " bytes is not zero");
            Fill(block, size, 0xAA);
            Heap.Free(block);
            byte* again = Heap.Alloc(size);
            check.Expect(IsFilledWith(again, size, 0), "a reused block of " + size.ToString() + " bytes is not zero");
            Heap.Free(again);
        }
    }

    private static void LiveBlocksKeepTheirContent(CheckRecorder check)
    {
        byte*[] blocks = new byte*[LiveBlocks];
        uint[] sizes = new uint[LiveBlocks];
        uint state = 1;
        for (int step = 0; step < 20_000; step++)
        {
            state = unchecked((state * 1_664_525) + 1_013_904_223);
            int slot = (int)(state >> 16) % LiveBlocks;
            if (blocks[slot] != null)
            {
                if (!IsFilledWith(blocks[slot], sizes[slot], (byte)slot)) check.Fail("a live block of " + sizes[slot].ToString() + " bytes was overwritten");
                Heap.Free(blocks[slot]);
            }

            sizes[slot] = 1 + ((state >> 8) % 3_000);
            blocks[slot] = Heap.Alloc(sizes[slot]);
            Fill(blocks[slot], sizes[slot], (byte)slot);
        }

        foreach (byte* block in blocks)
        {
            if (block != null) Heap.Free(block);
        }
    }

    private static void Realloc(CheckRecorder check)
    {
        byte* block = Heap.Alloc(16);
        Fill(block, 16, 0x5A);
        for (uint size = 32; size <= 65_536; size *= 2)
        {
            block = Heap.Realloc(block, size);
            check.Expect(IsFilledWith(block, 16, 0x5A), "growing to " + size.ToString() + " bytes lost the content");
        }

        Heap.Free(block);
    }

    private static void HundredThousandObjects(CheckRecorder check)
    {
        const int objects = 100_000;
        Node? last = null;
        for (int i = 0; i < objects; i++) last = new Node(i, last);

        long sum = 0;
        int count = 0;
        for (Node? node = last; node is not null; node = node.Next)
        {
            sum += node.Value;
            count++;
        }

        check.Equal(objects, count, "objects in the list");
        check.Equal((long)objects * (objects - 1) / 2, sum, "sum of their values");
    }

    private static void NewIsZeroed(CheckRecorder check)
    {
        for (int length = 0; length < 3_000; length += 37)
        {
            byte[] bytes = new byte[length];
            foreach (byte value in bytes) check.Expect(value == 0, "a new array of " + length.ToString() + " bytes is not zero");
            for (int i = 0; i < length; i++) bytes[i] = 0xFF;
        }
    }

    private static void LargeArrays(CheckRecorder check)
    {
        // Up to 1.6 MB, 7 MB together, or a quarter of what is free.
        const int most = 50_000;
        long free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetGCMemoryInfo().MemoryLoadBytes;
        int step = (int)Math.Min(most, free / 4 / (36 * sizeof(int)));
        var arrays = new List<int[]>();
        for (int i = 0; i < 8; i++)
        {
            int[] array = new int[step * (i + 1)];
            array[0] = i;
            array[array.Length - 1] = -i;
            arrays.Add(array);
        }

        for (int i = 0; i < arrays.Count; i++)
        {
            check.Equal(i, arrays[i][0], "first element of array " + i.ToString());
            check.Equal(-i, arrays[i][arrays[i].Length - 1], "last element of array " + i.ToString());
        }
    }

    // SAFETY, both: the callers give blocks of at least so many bytes.
    private static void Fill(byte* block, uint sizeBytes, byte value)
    {
        for (uint i = 0; i < sizeBytes; i++) block[i] = value;
    }

    private static bool IsFilledWith(byte* block, uint sizeBytes, byte value)
    {
        if (block == null) return false;
        for (uint i = 0; i < sizeBytes; i++)
        {
            if (block[i] != value) return false;
        }

        return true;
    }

    private sealed class Node
    {
        public Node(int value, Node? next)
        {
            Value = value;
            Next = next;
        }

        public int Value { get; }

        public Node? Next { get; }
    }
}
