using System;
using System.Linq;
using MemOS.Memory.Frames;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed unsafe class ChunkBitsTests
{
    private const int Bits = 512;

    [Test]
    public void Every_answer_is_that_of_an_array_of_bits([Range(1, 200)] int seed)
    {
        Random random = new(seed);
        bool[] free = new bool[Bits];
        ulong* words = stackalloc ulong[ChunkBits.Words];
        for (int i = 0; i < ChunkBits.Words; i++) words[i] = 0;

        for (int step = 0; step < 60; step++)
        {
            int offset = random.Next(Bits);
            int length = 1 << random.Next(10);
            offset &= -length;
            for (int i = offset; i < offset + length; i++)
            {
                // Both ways of one frame and of many are the same, whatever was there.
                if (free[i]) ChunkBits.Take(words, i, 1);
                else ChunkBits.Free(words, i, 1);
                free[i] = !free[i];
            }

            Compare(words, free);
            int count = random.Next(1, Bits - offset + 1);
            if (Enumerable.Range(offset, count).All(i => free[i])) ChunkBits.Take(words, offset, count);
            else if (Enumerable.Range(offset, count).All(i => !free[i])) ChunkBits.Free(words, offset, count);
            else continue;
            for (int i = offset; i < offset + count; i++) free[i] = !free[i];
            Compare(words, free);
        }
    }

    [Test]
    public void A_row_is_the_lowest_at_its_alignment_with_all_its_frames_free([Range(1, 20)] int seed)
    {
        Random random = new(seed);
        ulong* words = stackalloc ulong[ChunkBits.Words];
        for (int round = 0; round < 20; round++)
        {
            // From hardly anything to hardly nothing taken, so that rows of every length are there and are not.
            bool[] free = [.. Enumerable.Repeat(true, Bits)];
            for (int i = 0; i < ChunkBits.Words; i++) words[i] = ulong.MaxValue;
            for (int taken = 1 << random.Next(10); taken > 0; taken--)
            {
                int frame = random.Next(Bits);
                if (free[frame]) ChunkBits.Take(words, frame, 1);
                free[frame] = false;
            }

            for (int alignment = 0; alignment <= 9; alignment++)
            {
                int count = random.Next(1, (1 << alignment) + 1);
                int expected = Enumerable.Range(0, Bits >> alignment).Select(i => i << alignment)
                    .Where(start => Enumerable.Range(start, count).All(i => free[i])).Append(ChunkBits.None).First();
                Assert.That(ChunkBits.FindRow(words, count, alignment), Is.EqualTo(expected), $"{count} frames at multiples of 2^{alignment}");
            }
        }
    }

    private static void Compare(ulong* words, bool[] free)
    {
        Assert.That(ChunkBits.Count(words), Is.EqualTo(free.Count(bit => bit)));
        int largest = ChunkBits.None;
        for (int order = 0; order <= 9; order++)
        {
            int[] starts = [.. Enumerable.Range(0, Bits >> order).Select(i => i << order).Where(start => IsFree(free, start, order))];
            if (starts.Length != 0) largest = order;
            Assert.That(ChunkBits.Find(words, order), Is.EqualTo(starts.Append(ChunkBits.None).First()));
            Assert.That(ChunkBits.CountBlocks(words, order), Is.EqualTo(starts.Length));
            foreach (int start in starts.Take(3)) Assert.That(ChunkBits.OrderAround(words, start, order), Is.EqualTo(Around(free, start, order)));
        }

        Assert.That(ChunkBits.LargestOrder(words), Is.EqualTo(largest));
        bool[] seen = new bool[Bits];
        int count;
        for (int offset = 0; ChunkBits.TryNextRun(words, ref offset, out count); offset += count)
        {
            Assert.That(ChunkBits.AreFree(words, offset, count), Is.True);
            Array.Fill(seen, true, offset, count);
        }

        Assert.That(seen, Is.EqualTo(free));
    }

    private static int Around(bool[] free, int start, int order)
    {
        while (order < 9 && IsFree(free, start & -(2 << order), order + 1)) order++;
        return order;
    }

    private static bool IsFree(bool[] free, int start, int order) => !free.AsSpan(start, 1 << order).Contains(false);
}
