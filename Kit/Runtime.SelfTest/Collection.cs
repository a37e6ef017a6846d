using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Kit.Runtime.SelfTest;

/// <summary>Objects that a collection must not take. With a memory that never collects they hold too.</summary>
internal static class Collection
{
    private const int DroppedObjects = 2000;

    private static readonly object?[] s_image = [null, null];

    [ThreadStatic]
    private static int[]? s_ofThread;

    private static int[]? s_static;

    /// <summary>Adds the checks.</summary>
    public static void AddTo(List<RuntimeCheck> checks)
    {
        checks.Add("an exception in flight outlives collections", ExceptionInFlight);
        checks.Add("references into objects keep them", InteriorReferences);
        checks.Add("statics, thread statics and the compiler's objects keep theirs", Statics);
        checks.Add("dependent handles live with their key", Dependents);
        checks.Add("a finalizer that throws does not stop the next one", ThrowingFinalizer);
        checks.Add("locks and hash codes outlive a collection", Headers);
    }

    // Drops objects, so that memory taken too early is used again and its content seen to change.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        for (int i = 0; i < DroppedObjects; i++)
            Array.Fill(new int[4 + (i % 40)], -1);
    }

    private static int[] Numbers(int first)
    {
        int[] numbers = new int[16];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = first + i;
        return numbers;
    }

    private static bool AreNumbers(ReadOnlySpan<int> numbers, int first)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != first + i)
                return false;
        }

        return numbers.Length > 0;
    }

    private static bool ExceptionInFlight()
    {
        bool isWell = true;
        try
        {
            try
            {
                Throw();
            }
            finally
            {
                Collect();
            }
        }
        catch (Carrier carrier) when (Filter(carrier))
        {
            Collect();
            isWell &= AreNumbers(carrier.Numbers, 7) && carrier.InnerException is Carrier inner && AreNumbers(inner.Numbers, 70);
        }

        return isWell;
    }

    private static bool Filter(Carrier carrier)
    {
        Collect();
        return AreNumbers(carrier.Numbers, 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw()
    {
        try
        {
            throw new Carrier(Numbers(70), null);
        }
        catch (Carrier carrier)
        {
            Collect();
            throw new Carrier(Numbers(7), carrier);
        }
    }

    private static bool InteriorReferences()
    {
        Span<int> middle = Middle();
        ref int last = ref Last();
        ReadOnlySpan<char> text = Text();
        Collect();
        return AreNumbers(middle, 104) && last == 215 && text.SequenceEqual("5678");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<int> Middle() => Numbers(100).AsSpan(4, 12);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ref int Last() => ref Numbers(200)[15];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<char> Text() => 12345678.ToString().AsSpan(4);

    private static bool Statics()
    {
        s_static = Numbers(1);
        s_ofThread = Numbers(2);
        s_image[1] = Numbers(3);
        Collect();
        return AreNumbers(s_static, 1) && AreNumbers(s_ofThread, 2) && AreNumbers((int[])s_image[1]!, 3);
    }

    private static bool Dependents()
    {
        ConditionalWeakTable<object, int[]> table = [];
        object key = new();
        table.Add(key, Numbers(40));
        for (int i = 0; i < 50; i++)
            AddDropped(table);
        Collect();
        int left = 0;
        foreach (KeyValuePair<object, int[]> pair in table)
            left++;
        bool isFound = table.TryGetValue(key, out int[]? value) && AreNumbers(value, 40);
        return isFound && (left < 5 || GC.CollectionCount(0) == 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddDropped(ConditionalWeakTable<object, int[]> table) => table.Add(new object(), Numbers(0));

    private static bool ThrowingFinalizer()
    {
        int before = Finalized.Count;
        for (int i = 0; i < 20; i++)
            Drop(i);
        Collect();
        GC.WaitForPendingFinalizers();
        return Finalized.Count - before >= 18 || GC.CollectionCount(0) == 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(int i) => _ = new Finalized(i == 3);

    private static bool Headers()
    {
        object locked = new();
        int hash = RuntimeHelpers.GetHashCode(locked);
        lock (locked)
        {
            Collect();
            if (!Monitor.IsEntered(locked))
                return false;
        }

        return RuntimeHelpers.GetHashCode(locked) == hash;
    }

    private sealed class Carrier(int[] numbers, Exception? inner) : Exception("carried", inner)
    {
        public int[] Numbers { get; } = numbers;
    }

    private sealed class Finalized(bool throws)
    {
        public static int Count;

        ~Finalized()
        {
            Count++;
            if (throws)
                throw new InvalidOperationException("this line is part of the self test");
        }
    }
}
