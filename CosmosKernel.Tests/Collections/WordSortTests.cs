using System;
using MemOS.Collections;
using NUnit.Framework;

namespace MemOS.Tests.Collections;

public sealed unsafe class WordSortTests
{
    [Test]
    public void Words_come_out_as_the_library_sorts_them([Range(0, 40)] int count)
    {
        Random random = new(count);
        ulong[] words = new ulong[count];
        for (int i = 0; i < count; i++) words[i] = (ulong)random.Next(count) << random.Next(60);
        ulong[] expected = (ulong[])words.Clone();
        Array.Sort(expected);

        fixed (ulong* first = words) WordSort.Ascending(first, count);

        Assert.That(words, Is.EqualTo(expected));
    }
}
