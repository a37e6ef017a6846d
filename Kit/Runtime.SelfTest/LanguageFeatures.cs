using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Kit.Runtime.SelfTest;

/// <summary>Language features that the runtime has a part in.</summary>
internal static class LanguageFeatures
{
    [ThreadStatic]
    private static int s_perThread;

    [ThreadStatic]
    private static List<int>? s_listPerThread;

    public static void AddTo(List<RuntimeCheck> checks)
    {
        checks.Add("boxing and unboxing", Boxing);
        checks.Add("casts along classes, interfaces and arrays", Casts);
        checks.Add("interface dispatch over many types", InterfaceDispatch);
        checks.Add("interface default methods", () => ((IDefaulted)new Defaulted()).Twice(4) == 8);
        checks.Add("static abstract members", () => Sum<Metres>([new(1), new(2)]).Value == 3);
        checks.Add("variant interfaces", Variance);
        checks.Add("generic virtual methods", GenericVirtualMethods);
        checks.Add("generic types over value and reference types", Generics);
        checks.Add("delegates: combine, remove, compare", Delegates);
        checks.Add("closures share their variables", Closures);
        checks.Add("iterators", () => Squares(4).SequenceEqual([0, 1, 4, 9]));
        checks.Add("records compare by value", () => new Point(1, 2) == new Point(1, 2) && new Point(1, 2) with { X = 3 } != new Point(1, 2));
        checks.Add("switch on patterns", Patterns);
        checks.Add("multi-dimensional arrays", MultiDimensionalArrays);
        checks.Add("spans and stack memory", Spans);
        checks.Add("static constructors run once", StaticConstructors);
        checks.Add("thread statics", ThreadStatics);
        checks.Add("lock is re-entrant", Locks);
        checks.Add("Monitor refuses an exit without an enter", MonitorMisuse);
        checks.Add("Interlocked", InterlockedOperations);
        checks.Add("enums: names and flags", Enums);
        checks.Add("nullable values", () => ((int?)null).HasValue == false && ((int?)5).GetValueOrDefault() == 5);
        checks.Add("tuples and deconstruction", () => Swap((1, 2)) is (2, 1));
        checks.Add("large structs by value", LargeStructs);
        checks.Add("dynamic type names", () => new List<string>().GetType().Name == "List`1" && typeof(Point).Name == "Point");
    }

    private interface IShape
    {
        int Area(int scale);
    }

    private sealed class Square(int side) : IShape
    {
        public int Area(int scale) => side * side * scale;
    }

    private readonly struct Strip(int length) : IShape
    {
        public int Area(int scale) => length * scale;
    }

    private sealed class Nothing : IShape
    {
        int IShape.Area(int scale) => 0;
    }

    private interface IDefaulted
    {
        int Twice(int value) => value * 2;
    }

    private sealed class Defaulted : IDefaulted
    {
    }

    private interface IAddable<T>
        where T : IAddable<T>
    {
        static abstract T Zero { get; }

        static abstract T operator +(T left, T right);
    }

    private readonly struct Metres(int value) : IAddable<Metres>
    {
        public int Value { get; } = value;

        public static Metres Zero => default;

        public static Metres operator +(Metres left, Metres right) => new(left.Value + right.Value);
    }

    private sealed record Point(int X, int Y);

    private abstract class Visitor
    {
        public abstract string Visit<T>(T value);
    }

    private sealed class Describing : Visitor
    {
        public override string Visit<T>(T value) => typeof(T).Name + "=" + value;
    }

    private static bool Boxing()
    {
        object boxed = 42;
        object text = "42";
        return (int)boxed == 42 && boxed.Equals(42) && boxed.ToString() == (string)text && boxed is not long;
    }

    private static bool Casts()
    {
        object array = new string[] { "a" };
        object numbers = new int[] { 1 };
        return array is object[] && array is IEnumerable<object> && array is IReadOnlyList<string>
            && numbers is not object[] && numbers is IList<int> && array as Visitor == null;
    }

    private static bool InterfaceDispatch()
    {
        IShape[] shapes = [new Square(3), new Strip(5), new Nothing()];
        int total = 0;
        for (int i = 0; i < 3000; i++)
            total += shapes[i % 3].Area(1);
        return total == 14_000;
    }

    private static T Sum<T>(T[] values)
        where T : IAddable<T>
    {
        T sum = T.Zero;
        foreach (T value in values)
            sum += value;
        return sum;
    }

    private static bool Variance()
    {
        IEnumerable<object> objects = new List<string> { "a", "b" };
        Func<object, string> describe = o => o.ToString() ?? "";
        Func<string, object> narrowed = describe;
        return objects.Count() == 2 && (string)narrowed("x") == "x";
    }

    private static bool GenericVirtualMethods()
    {
        Visitor visitor = new Describing();
        return visitor.Visit(5) == "Int32=5" && visitor.Visit("x") == "String=x" && visitor.Visit(new Strip(1)).StartsWith("Strip=");
    }

    private static bool Generics()
    {
        Dictionary<(int, string), List<long>> map = new() { [(1, "a")] = [1, 2], [(2, "b")] = [3] };
        HashSet<Point> points = [new(1, 2), new(1, 2), new(2, 1)];
        return map[(1, "a")].Count == 2 && !map.ContainsKey((1, "b")) && points.Count == 2;
    }

    private static bool Delegates()
    {
        int calls = 0;
        Action one = () => calls += 1;
        Action ten = () => calls += 10;
        Action both = one + ten;
        both();
        Action? less = both - ten;
        less!();
        Func<int, int> method = Increment;
        return calls == 12 && method == Increment && method(1) == 2 && both.GetInvocationList().Length == 2;
    }

    private static int Increment(int value) => value + 1;

    private static bool Closures()
    {
        List<Func<int>> functions = [];
        int shared = 0;
        for (int i = 0; i < 3; i++)
        {
            int own = i;
            functions.Add(() => (++shared * 10) + own);
        }

        return functions[0]() == 10 && functions[1]() == 21 && functions[2]() == 32 && shared == 3;
    }

    private static IEnumerable<int> Squares(int count)
    {
        for (int i = 0; i < count; i++)
            yield return i * i;
    }

    private static bool Patterns()
    {
        object[] values = [1, "two", new Point(3, 4), new int[] { 5, 6, 7 }, 8.5];
        int sum = 0;
        foreach (object value in values)
        {
            sum += value switch
            {
                int i => i,
                string { Length: 3 } => 2,
                Point(var x, 4) => x,
                int[] and [5, .. int[] rest] => rest.Length,
                double d when d > 8 => 8,
                _ => 1000,
            };
        }

        return sum == 16;
    }

    private static bool MultiDimensionalArrays()
    {
        int[,] table = new int[3, 4];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 4; column++)
                table[row, column] = (row * 10) + column;
        }

        return table[2, 3] == 23 && table.Length == 12 && table.GetLength(1) == 4;
    }

    private static bool Spans()
    {
        Span<int> memory = stackalloc int[100];
        for (int i = 0; i < memory.Length; i++)
            memory[i] = i;
        return memory[10..20].Length == 10 && memory[^1] == 99 && "hello world".AsSpan(6).SequenceEqual("world");
    }

    private static class Counted
    {
        public static readonly int Number = Next();

        public static int Runs { get; private set; }

        private static int Next()
        {
            Runs++;
            return 17;
        }
    }

    private static bool StaticConstructors()
    {
        return Counted.Number == 17 && Counted.Number == 17 && Counted.Runs == 1;
    }

    private static bool ThreadStatics()
    {
        s_perThread = 5;
        s_listPerThread ??= [];
        s_listPerThread.Add(s_perThread);
        return s_perThread == 5 && s_listPerThread[^1] == 5;
    }

    private static bool Locks()
    {
        object gate = new();
        Lock modern = new();
        lock (gate)
        {
            lock (gate)
            {
                lock (modern)
                    return Monitor.IsEntered(gate) && modern.IsHeldByCurrentThread;
            }
        }
    }

    private static bool MonitorMisuse()
    {
        try
        {
            Monitor.Exit(new object());
        }
        catch (SynchronizationLockException)
        {
            return true;
        }

        return false;
    }

    private static bool InterlockedOperations()
    {
        int number = 5;
        string? text = "a";
        return Interlocked.Increment(ref number) == 6 && Interlocked.CompareExchange(ref number, 9, 6) == 6 && number == 9
            && Interlocked.Exchange(ref text, "b") == "a" && Interlocked.CompareExchange(ref text, null, "b") == "b" && text == null;
    }

    [Flags]
    private enum Colours
    {
        None = 0,
        Red = 1,
        Green = 2,
    }

    private static bool Enums()
    {
        return (Colours.Red | Colours.Green).ToString() == "Red, Green" && DayOfWeek.Friday.ToString() == "Friday"
            && Enum.TryParse("Green", out Colours parsed) && parsed == Colours.Green;
    }

    private static (int First, int Second) Swap((int First, int Second) pair) => (pair.Second, pair.First);

    private struct Large
    {
        public long A { get; set; }

        public decimal B { get; set; }

        public decimal C { get; set; }

        public decimal D { get; set; }

        public long I { get; set; }
    }

    private static bool LargeStructs()
    {
        Large value = new() { A = 1, I = 9 };
        Large changed = Change(value);
        return value.A == 1 && changed.A == 2 && changed.I == 10 && changed.C == 0;
    }

    private static Large Change(Large value)
    {
        value.A++;
        value.I++;
        return value;
    }
}
