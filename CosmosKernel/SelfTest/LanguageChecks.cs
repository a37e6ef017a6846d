using System;
using System.Collections.Generic;

namespace MemOS.SelfTest;

/// <summary>Checks of what the compiler makes of the language: generics, interfaces, delegates, closures, iterators, structs.</summary>
public static class LanguageChecks
{
    private interface IShape
    {
        int Area { get; }
    }

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("language.generics", Generics);
        suite.Add("language.interfaces", Interfaces);
        suite.Add("language.delegates", Delegates);
        suite.Add("language.closures", Closures);
        suite.Add("language.iterators", Iterators);
        suite.Add("language.structs", Structs);
        suite.Add("language.statics", Statics);
        suite.Add("language.integers", Integers);
    }

    private static void Generics(CheckRecorder check)
    {
        check.Equal(7, Largest(new[] { 3, 7, 5 }, (a, b) => a - b), "largest number");
        check.Equal("pear", Largest(new[] { "apple", "pear", "fig" }, string.CompareOrdinal), "largest word");
        var pair = new Pair<int, Pair<string, long>>(1, new Pair<string, long>("two", 3));
        check.Equal(3, pair.Second.Second, "a pair in a pair");
        check.Equal(42, Apply<Doubling>(21), "a struct as type argument");
    }

    private static void Interfaces(CheckRecorder check)
    {
        IShape[] shapes = { new Square(3), new Rectangle(2, 5), new Square(1) };
        int area = 0;
        for (int round = 0; round < 1_000; round++)
        {
            foreach (IShape shape in shapes) area += shape.Area;
        }

        check.Equal(20_000, area, "areas through the interface");
        check.Expect(shapes[0] is Square && shapes[1] is not Square, "a type test is wrong");
        check.Equal(10, ((Rectangle)shapes[1]).Area, "area of a boxed struct");
        object boxed = 5;
        check.Expect(boxed is int number && number == 5, "a boxed number is lost");
        check.Equal("a Square", shapes[0].ToString() ?? "", "virtual call");
    }

    private static void Delegates(CheckRecorder check)
    {
        Func<int, int> twice = Twice;
        var counter = new Counter();
        Action count = counter.Increment;
        for (int i = 0; i < 100; i++) count();
        check.Equal(10, twice(5), "static method");
        check.Equal(100, counter.Value, "instance method");
    }

    private static void Closures(CheckRecorder check)
    {
        var actions = new List<Func<int>>();
        int sum = 0;
        for (int i = 0; i < 5; i++)
        {
            int own = i;
            actions.Add(() => sum += own);
        }

        foreach (Func<int> action in actions) action();
        check.Equal(10, sum, "sum over captured variables");
    }

    private static void Iterators(CheckRecorder check)
    {
        int sum = 0;
        foreach (int number in Fibonacci(10)) sum += number;
        check.Equal(143, sum, "sum of the first Fibonacci numbers");
    }

    private static void Structs(CheckRecorder check)
    {
        var large = new Large { A = 1, B = 2, C = 3, D = 4 };
        Large copy = Changed(large);
        check.Equal(1, large.A, "the argument was changed");
        check.Equal(100 + 2 + 3 + 4, copy.A + copy.B + copy.C + copy.D, "the changed copy");
        Large[] array = new Large[3];
        ref Large second = ref array[1];
        second.D = 9;
        check.Equal(9, array[1].D, "write through a reference");
        (int quotient, int remainder) = Divide(17, 5);
        check.Equal(32, (quotient * 10) + remainder, "tuple");
    }

    private static void Statics(CheckRecorder check)
    {
        check.Equal("made once", Lazy.Text, "static constructor");
        check.Equal(1, Lazy.Constructions, "runs of the static constructor");
    }

    private static void Integers(CheckRecorder check)
    {
        long product = (long)int.MaxValue * int.MaxValue;
        check.Equal(4_611_686_014_132_420_609, product, "64-bit product");
        check.Equal(-3, -17 / 5, "division of a negative number");
        check.Equal(-2, -17 % 5, "remainder of a negative number");
        ulong bits = 0x8000_0000_0000_0001;
        check.Expect(bits >> 63 == 1 && (long)bits >> 63 == -1, "a shift lost the sign or made one up");
        check.Equal(0x44, unchecked((byte)0x1144), "conversion to a byte");
    }

    private static T Largest<T>(T[] items, Comparison<T> compare)
    {
        T largest = items[0];
        foreach (T item in items)
        {
            if (compare(item, largest) > 0) largest = item;
        }

        return largest;
    }

    private static int Apply<TOperation>(int value)
        where TOperation : struct, IOperation => default(TOperation).Apply(value);

    private static int Twice(int value) => 2 * value;

    private static IEnumerable<int> Fibonacci(int count)
    {
        int previous = 0;
        int current = 1;
        for (int i = 0; i < count; i++)
        {
            yield return current;
            int next = previous + current;
            previous = current;
            current = next;
        }
    }

    private static Large Changed(Large value)
    {
        value.A = 100;
        return value;
    }

    private static (int Quotient, int Remainder) Divide(int dividend, int divisor) => (dividend / divisor, dividend % divisor);

    private interface IOperation
    {
        int Apply(int value);
    }

    private readonly struct Doubling : IOperation
    {
        public int Apply(int value) => 2 * value;
    }

    private readonly struct Pair<TFirst, TSecond>
    {
        public Pair(TFirst first, TSecond second)
        {
            First = first;
            Second = second;
        }

        public TFirst First { get; }

        public TSecond Second { get; }
    }

    private readonly struct Rectangle : IShape
    {
        private readonly int _width;
        private readonly int _height;

        public Rectangle(int width, int height)
        {
            _width = width;
            _height = height;
        }

        public int Area => _width * _height;
    }

    private struct Large
    {
        public long A;
        public long B;
        public long C;
        public long D;
    }

    private sealed class Square : IShape
    {
        private readonly int _side;

        public Square(int side)
        {
            _side = side;
        }

        public int Area => _side * _side;

        public override string ToString() => "a Square";
    }

    private sealed class Counter
    {
        public int Value { get; private set; }

        public void Increment() => Value++;
    }

    private static class Lazy
    {
        public static readonly string Text;

        static Lazy()
        {
            Constructions++;
            Text = "made " + (Constructions == 1 ? "once" : "again");
        }

        public static int Constructions { get; private set; }
    }
}
