using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Kit.Runtime.SelfTest;

/// <summary>Parts of the class library that need the runtime or the machine.</summary>
internal static class ClassLibrary
{
    public static void AddTo(List<RuntimeCheck> checks)
    {
        checks.Add("LINQ", Linq);
        checks.Add("string formatting and parsing", Formatting);
        checks.Add("StringBuilder and encodings", Text);
        checks.Add("sorting and searching", Sorting);
        checks.Add("decimal and floating point", Numbers);
        checks.Add("trigonometry, powers and logarithms", Mathematics);
        checks.Add("mathematics at its edges", MathematicsAtEdges);
        checks.Add("mathematics keeps small results exact", MathematicsOfSmallResults);
        checks.Add("native memory of 4 GiB and some bytes is not some bytes", HugeNativeMemory);
        checks.Add("Stopwatch goes forward", StopwatchMoves);
        checks.Add("DateTime is of this century", () => DateTime.UtcNow.Year is >= 2024 and < 2100 && DateTime.UtcNow >= DateTime.UnixEpoch);
        checks.Add("Environment answers", () => Environment.NewLine.Length > 0 && Environment.ProcessorCount >= 1 && Environment.TickCount64 >= 0);
        checks.Add("Console has its streams and size", () => Console.Out != null && Console.In != null && Console.Error != null && Console.WindowWidth >= 80);
        checks.Add("Random repeats by seed", RandomRepeats);
        checks.Add("Random without a seed varies", () => Random.Shared.NextInt64() != Random.Shared.NextInt64());
        checks.Add("Guid.NewGuid varies", () => Guid.NewGuid() != Guid.NewGuid());
        checks.Add("GC handles", GcHandles);
        checks.Add("weak references to live objects", WeakReferences);
        checks.Add("ConditionalWeakTable", WeakTable);
        checks.Add("GC.GetTotalMemory grows with allocation", MemoryGrows);
        checks.Add("hash codes stay with their object", HashCodes);
        checks.Add("queues, stacks, linked lists, sorted sets", Collections);
    }

    private static bool Linq()
    {
        int[] numbers = Enumerable.Range(1, 100).ToArray();
        var groups = numbers.GroupBy(n => n % 7).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
        return numbers.Where(n => n % 2 == 0).Select(n => (long)n * n).Sum() == 171_700
            && groups[0].Key == 1 && numbers.Aggregate(0, (a, b) => a ^ b) == 100
            && numbers.Zip(numbers.Skip(1), (a, b) => b - a).All(d => d == 1)
            && numbers.ToDictionary(n => n, n => n.ToString()).Count == 100;
    }

    private static bool Formatting()
    {
        return $"{255:X4} {1234567:N0} {-5,4} {true} {'c'} {1.5}" == "00FF 1,234,567   -5 True c 1.5"
            && int.Parse("-42", CultureInfo.InvariantCulture) == -42
            && double.TryParse("2.5e3", CultureInfo.InvariantCulture, out double parsed) && parsed == 2500
            && TimeSpan.FromSeconds(3661).ToString() == "01:01:01"
            && string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd}", new DateTime(2024, 2, 29)) == "2024-02-29";
    }

    private static bool Text()
    {
        StringBuilder builder = new();
        for (int i = 0; i < 1000; i++)
            builder.Append(i).Append(',');
        byte[] bytes = Encoding.UTF8.GetBytes("Größe €");
        return builder.Length == 3890 && bytes.Length == 11 && Encoding.UTF8.GetString(bytes) == "Größe €"
            && "a-b-c".Split('-').Length == 3 && "MemOS".ToUpperInvariant() == "MEMOS" && "  x ".Trim() == "x";
    }

    private static bool Sorting()
    {
        Random random = new(1);
        int[] values = new int[5000];
        for (int i = 0; i < values.Length; i++)
            values[i] = random.Next();
        int[] sorted = [.. values];
        Array.Sort(sorted);
        List<string> names = ["delta", "alpha", "charlie", "bravo"];
        names.Sort(StringComparer.Ordinal);
        return sorted.Zip(sorted.Skip(1)).All(p => p.First <= p.Second) && Array.BinarySearch(sorted, values[77]) >= 0
            && names[0] == "alpha" && names[3] == "delta";
    }

    private static bool Numbers()
    {
        double x = 0.1;
        return 1.1m + 2.2m == 3.3m && Math.Abs((x + 0.2) - 0.3) < 1e-15 && (0.1 + 0.2).ToString(CultureInfo.InvariantCulture) == "0.30000000000000004"
            && Math.Sqrt(2) > 1.414 && Math.Ceiling(-1.5) == -1 && Math.Floor(-1.5) == -2 && double.IsNaN(0 * double.PositiveInfinity)
            && UInt128.MaxValue.ToString().Length == 39;
    }

    // The expected values are the correctly rounded ones.
    private static bool Mathematics()
    {
        return Near(Math.Sin(1), 0.8414709848078965) && Near(Math.Cos(1), 0.5403023058681398) && Near(Math.Tan(1), 1.5574077246549023)
            && Near(Math.Asin(0.5), 0.5235987755982989) && Near(Math.Acos(0.5), 1.0471975511965979) && Near(Math.Atan(2), 1.1071487177940904)
            && Near(Math.Atan2(-1, -1), -2.356194490192345) && Near(Math.Exp(1), Math.E) && Near(Math.Exp(-20), 2.061153622438558E-09)
            && Near(Math.Log(10), 2.302585092994046) && Near(Math.Log2(10), 3.321928094887362) && Near(Math.Log10(2), 0.3010299956639812)
            && Near(Math.Pow(2, 0.5), 1.4142135623730951) && Math.Pow(2, 10) == 1024 && Math.Pow(-2, 3) == -8
            && Near(Math.Sinh(1), 1.1752011936438014) && Near(Math.Cosh(1), 1.5430806348152437) && Near(Math.Tanh(0.5), 0.46211715726000973)
            && Near(Math.Asinh(1), 0.881373587019543) && Near(Math.Acosh(2), 1.3169578969248166) && Near(Math.Atanh(0.5), 0.5493061443340549)
            && Near(Math.Cbrt(27), 3) && 10.5 % 3 == 1.5 && -7.0 % 4 == -3 && MathF.Sin(1) == 0.84147098f && Near(MathF.Pow(2, 3), 8);
    }

    private static bool MathematicsAtEdges()
    {
        return double.IsNaN(Math.Sin(double.PositiveInfinity)) && double.IsNaN(Math.Log(-1)) && double.IsNegativeInfinity(Math.Log(0))
            && double.IsPositiveInfinity(Math.Exp(1000)) && Math.Exp(-1000) == 0 && Math.Pow(0, 0) == 1 && double.IsNaN(Math.Pow(-8, 1.0 / 3))
            && double.IsPositiveInfinity(Math.Pow(0, -2)) && Math.Pow(double.NegativeInfinity, 3) == double.NegativeInfinity
            && double.IsNaN(1.0 % 0) && 5 % double.PositiveInfinity == 5 && double.IsNegative(Math.Ceiling(-0.5))
            && Math.Tanh(100) == 1 && Near(Math.Sinh(1e-10), 1e-10) && double.IsNaN(Math.Asin(2)) && double.IsPositiveInfinity(Math.Cosh(1000));
    }

    // Each is a small difference of larger numbers when computed by its textbook formula.
    private static bool MathematicsOfSmallResults()
    {
        return Near(Math.Asinh(0.001), 0.0009999998333334083) && Near(Math.Asinh(-0.2), -0.19869011034924142)
            && Near(Math.Atanh(0.001), 0.0010000003333335333) && Near(Math.Atanh(-0.3), -0.3095196042031117)
            && Near(Math.Acosh(1.0001), 0.014142017775251545) && Near(Math.Tanh(0.13), 0.12927258360605834)
            && Near(Math.Sin(Math.PI), 1.2246467991473532e-16) && Near(Math.Cos(Math.PI / 2), 6.123233995736766e-17)
            && Near(Math.Tan(Math.PI), -1.2246467991473532e-16) && Near(Math.Sin(355), -3.014435335948845e-05);
    }

    // The size's upper half must not be lost on the way.
    private static unsafe bool HugeNativeMemory()
    {
        try
        {
            nuint fourGiB = unchecked((nuint)(1ul << 32));
            NativeMemory.Free(NativeMemory.Alloc(fourGiB + 16));
        }
        catch (OutOfMemoryException)
        {
            return true;
        }

        return false;
    }

    private static bool Near(double actual, double expected)
    {
        return Math.Abs(actual - expected) <= 2 * Math.Abs(Math.BitIncrement(expected) - expected);
    }

    private static bool StopwatchMoves()
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromMilliseconds(2))
        {
        }

        return watch.ElapsedMilliseconds is >= 2 and < 10_000;
    }

    private static bool RandomRepeats()
    {
        Random first = new(42);
        Random second = new(42);
        for (int i = 0; i < 100; i++)
        {
            if (first.Next() != second.Next())
                return false;
        }

        return true;
    }

    private static bool GcHandles()
    {
        object target = new();
        GCHandle handle = GCHandle.Alloc(target);
        bool same = ReferenceEquals(handle.Target, target);
        handle.Target = "other";
        same &= (string?)handle.Target == "other";
        handle.Free();
        return same;
    }

    private static bool WeakReferences()
    {
        object target = new();
        WeakReference<object> reference = new(target);
        bool found = reference.TryGetTarget(out object? same) && ReferenceEquals(same, target);
        GC.KeepAlive(target);
        return found;
    }

    private static bool WeakTable()
    {
        ConditionalWeakTable<object, string> table = [];
        object key = new();
        table.Add(key, "value");
        return table.TryGetValue(key, out string? value) && value == "value" && !table.TryGetValue(new object(), out _);
    }

    private static bool MemoryGrows()
    {
        long before = GC.GetTotalMemory(false);
        byte[] block = new byte[1 << 20];
        long after = GC.GetTotalMemory(false);
        GC.KeepAlive(block);
        return after - before >= 1 << 20;
    }

    private static bool HashCodes()
    {
        object a = new();
        object b = new();
        int hash = RuntimeHelpers.GetHashCode(a);
        lock (a)
            return hash == RuntimeHelpers.GetHashCode(a) && hash == a.GetHashCode() && hash != b.GetHashCode();
    }

    private static bool Collections()
    {
        Queue<int> queue = new([1, 2, 3]);
        Stack<int> stack = new([1, 2, 3]);
        LinkedList<int> list = new([1, 2, 3]);
        SortedSet<int> set = [3, 1, 2];
        PriorityQueue<string, int> urgent = new();
        urgent.Enqueue("late", 5);
        urgent.Enqueue("soon", 1);
        return queue.Dequeue() == 1 && stack.Pop() == 3 && list.Last!.Value == 3 && set.Min == 1 && urgent.Dequeue() == "soon";
    }
}
