using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kit.Runtime.SelfTest;

/// <summary>Exceptions that the processor or a compiled check raises, not a throw statement.</summary>
internal static class HardwareExceptions
{
    private sealed class Node
    {
        public int Value;
        public Node? Next;
        public long[] Data = [];

        public int Method() => Value;
    }

    // What is stored here is allocated for real.
    private static object? s_kept;

    private interface IThing
    {
        int Number { get; }
    }

    public static void AddTo(List<RuntimeCheck> checks)
    {
        checks.Add("null: field read", () => Throws<NullReferenceException>(() => Use(Null<Node>().Value)));
        checks.Add("null: field write", () => Throws<NullReferenceException>(() => Null<Node>().Value = 1));
        checks.Add("null: reference field write", () => Throws<NullReferenceException>(() => Null<Node>().Next = new Node()));
        checks.Add("null: method call", () => Throws<NullReferenceException>(() => Use(Null<Node>().Method())));
        checks.Add("null: string length", () => Throws<NullReferenceException>(() => Use(Null<string>().Length)));
        checks.Add("null: array element", () => Throws<NullReferenceException>(() => Use(Null<int[]>()[0])));
        checks.Add("null: interface call", () => Throws<NullReferenceException>(() => Use(Null<IThing>().Number)));
        checks.Add("null: virtual call", () => Throws<NullReferenceException>(() => Use(Null<object>().GetHashCode())));
        checks.Add("null: delegate call", () => Throws<NullReferenceException>(() => Null<Action>()()));
        checks.Add("null: throw of null", () => Throws<NullReferenceException>(() => throw Null<Exception>()));
        checks.Add("null: unboxing", () => Throws<NullReferenceException>(() => Use((int)Null<object>())));
        checks.Add("divide: int by zero", () => Throws<DivideByZeroException>(() => Use(Seven() / Zero())));
        checks.Add("divide: int remainder of zero", () => Throws<DivideByZeroException>(() => Use(Seven() % Zero())));
        checks.Add("divide: long by zero", () => Throws<DivideByZeroException>(() => Use((int)(7L / Zero()))));
        checks.Add("divide: unsigned by zero", () => Throws<DivideByZeroException>(() => Use((int)(7u / (uint)Zero()))));
        checks.Add("divide: smallest int by -1", () => Throws<OverflowException>(() => Use(Smallest() / (Zero() - 1))));
        checks.Add("divide: smallest long by -1", () => Throws<OverflowException>(() => Use((int)(SmallestLong() / (Zero() - 1)))));
        checks.Add("divide: decimal by zero", () => Throws<DivideByZeroException>(() => Use((int)(1m / Zero()))));
        checks.Add("overflow: checked addition", () => Throws<OverflowException>(() => Use(checked(int.MaxValue + Seven()))));
        checks.Add("overflow: checked multiplication", () => Throws<OverflowException>(() => Use((int)checked(long.MaxValue * Seven()))));
        checks.Add("overflow: checked conversion", () => Throws<OverflowException>(() => Use(checked((byte)(Seven() * 100)))));
        checks.Add("bounds: index above", () => Throws<IndexOutOfRangeException>(() => Use((new int[3])[Seven()])));
        checks.Add("bounds: negative index", () => Throws<IndexOutOfRangeException>(() => Use((new int[3])[Zero() - 1])));
        checks.Add("bounds: string index", () => Throws<IndexOutOfRangeException>(() => Use("abc"[Seven()])));
        checks.Add("bounds: span slice", () => Throws<ArgumentOutOfRangeException>(() => Use(new int[3].AsSpan(Seven()).Length)));
        checks.Add("array store of a wrong type", () => Throws<ArrayTypeMismatchException>(StoreWrongType));
        checks.Add("invalid cast", () => Throws<InvalidCastException>(() => Use(((Node)Text()).Value)));
        checks.Add("invalid cast to an interface", () => Throws<InvalidCastException>(() => Use(((IThing)Text()).Number)));
        checks.Add("unboxing of a wrong type", () => Throws<InvalidCastException>(() => Use((int)(object)7L)));
        checks.Add("array of a negative length", () => Throws<OverflowException>(() => Use(new int[Zero() - 1].Length)));
        checks.Add("array larger than memory", () => Throws<OutOfMemoryException>(() => s_kept = new long[int.MaxValue]));
    }

    private static bool Throws<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T)
        {
            return s_kept == null;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Null<T>()
        where T : class => null!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Zero() => 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Seven() => 7;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Smallest() => int.MinValue;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SmallestLong() => long.MinValue;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Text() => "text";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(int value)
    {
    }

    private static void StoreWrongType()
    {
        object[] array = Strings();
        array[0] = new Node { Value = 1, Data = [1] };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object[] Strings() => new string[1];
}
