using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MemOS.SelfTest;

/// <summary>Checks of the class library as a kernel uses it: collections, LINQ, text.</summary>
public static class CollectionChecks
{
    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("library.list", List);
        suite.Add("library.dictionary", Dictionary);
        suite.Add("library.queue-stack-set", QueueStackSet);
        suite.Add("library.sort", Sort);
        suite.Add("library.linq", Linq);
        suite.Add("library.interpolation", Interpolation);
        suite.Add("library.stringbuilder", Builder);
        suite.Add("library.numbers", Numbers);
        suite.Add("library.span", Spans);
    }

    private static void List(CheckRecorder check)
    {
        var list = new List<int>();
        for (int i = 0; i < 10_000; i++) list.Add(i * 3);
        list.RemoveAt(0);
        list.Insert(5, -1);
        list.RemoveRange(100, 900);
        check.Equal(9_100, list.Count, "count");
        check.Equal(-1, list[5], "inserted element");
        check.Equal(3 * 9_999, list[list.Count - 1], "last element");
        check.Equal(5, list.IndexOf(-1), "index of the inserted element");
        list.Reverse();
        check.Equal(3 * 9_999, list[0], "first element after Reverse");
    }

    private static void Dictionary(CheckRecorder check)
    {
        var numbers = new Dictionary<int, string>();
        for (int i = 0; i < 5_000; i++) numbers[i * 7] = "n" + i.ToString();
        for (int i = 0; i < 5_000; i += 2) numbers.Remove(i * 7);
        check.Equal(2_500, numbers.Count, "count after removal");
        check.Expect(!numbers.ContainsKey(0), "a removed key is still there");
        check.Equal("n4999", numbers[4_999 * 7], "value of the last key");

        var words = new Dictionary<string, int>();
        foreach (string word in "a b a c b a".Split(' '))
        {
            words.TryGetValue(word, out int count);
            words[word] = count + 1;
        }

        check.Equal(3, words["a"], "count of a");
        check.Equal(3, words.Count, "distinct words");
    }

    private static void QueueStackSet(CheckRecorder check)
    {
        var queue = new Queue<int>();
        var stack = new Stack<int>();
        var set = new HashSet<int>();
        for (int i = 0; i < 1_000; i++)
        {
            queue.Enqueue(i);
            stack.Push(i);
            set.Add(i % 10);
        }

        check.Equal(0, queue.Dequeue(), "first in, first out");
        check.Equal(999, stack.Pop(), "last in, first out");
        check.Equal(10, set.Count, "distinct numbers");
    }

    private static void Sort(CheckRecorder check)
    {
        int[] numbers = new int[5_000];
        uint state = 12_345;
        for (int i = 0; i < numbers.Length; i++)
        {
            state = unchecked((state * 1_664_525) + 1_013_904_223);
            numbers[i] = (int)(state >> 8);
        }

        Array.Sort(numbers);
        for (int i = 1; i < numbers.Length; i++) check.Expect(numbers[i - 1] <= numbers[i], "the numbers are not in order");

        string[] words = { "pear", "apple", "fig" };
        Array.Sort(words, string.CompareOrdinal);
        check.Equal("apple fig pear", string.Join(" ", words), "sorted words");
    }

    private static void Linq(CheckRecorder check)
    {
        int[] numbers = Enumerable.Range(1, 100).ToArray();
        check.Equal(2_550, numbers.Where(n => n % 2 == 0).Sum(), "sum of the even numbers");
        check.Equal("1,4,9", string.Join(",", numbers.Select(n => n * n).Take(3).Select(n => n.ToString()).ToArray()), "the first squares");
        check.Equal("banana cherry apple", string.Join(" ", new[] { "apple", "banana", "cherry" }.OrderByDescending(w => w.Length).ThenBy(w => w).ToArray()), "order by two keys");
        Dictionary<int, int> sizes = numbers.GroupBy(n => n % 3).ToDictionary(group => group.Key, group => group.Count());
        check.Equal(34, sizes[1], "size of a group");
        check.Equal(100, numbers.Aggregate((a, b) => a > b ? a : b), "maximum");
        check.Expect(numbers.Any(n => n == 50) && numbers.All(n => n > 0), "Any or All is wrong");
    }

    private static void Interpolation(CheckRecorder check)
    {
        int frames = 4_096;
        string zone = "Normal";
        check.Equal("zone Normal: 4096 frames, 0x1000, [  4096]", $"zone {zone}: {frames} frames, 0x{frames:X}, [{frames,6}]", "interpolated string");
    }

    private static void Builder(CheckRecorder check)
    {
        var builder = new StringBuilder();
        for (int i = 0; i < 2_000; i++) builder.Append(i % 10);
        builder.Insert(0, "start ").Append(' ').Append(true).Replace("0123456789", ".");
        check.Equal("start " + new string('.', 200) + " True", builder.ToString(), "built string");
    }

    private static void Numbers(CheckRecorder check)
    {
        check.Equal("18446744073709551615", ulong.MaxValue.ToString(), "largest number");
        check.Equal("-9223372036854775808", long.MinValue.ToString(), "smallest number");
        check.Equal(-1_234, int.Parse("-1234"), "parsed number");
        check.Expect(!int.TryParse("12a", out _), "12a was taken for a number");
        ulong product = unchecked(0xDEADBEEFCAFEF00DUL * 0x123456789ABCDEFUL);
        check.Expect(product / 0x123456789ABCDEFUL != 0xDEADBEEFCAFEF00DUL, "a product that does not fit came back whole");
        check.Equal(3, (long)Math.Sqrt(9.5), "square root");
    }

    private static void Spans(CheckRecorder check)
    {
        int[] numbers = { 1, 2, 3, 4, 5, 6 };
        Span<int> middle = new Span<int>(numbers).Slice(1, 4);
        middle.Reverse();
        middle[0] = 50;
        check.Equal("1 50 4 3 2 6", string.Join(" ", numbers.Select(n => n.ToString()).ToArray()), "array behind the span");
        ReadOnlySpan<char> text = "key=value".AsSpan();
        check.Equal("value", text.Slice(text.IndexOf('=') + 1).ToString(), "slice of a text");
    }
}
