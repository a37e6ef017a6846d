using System;
using System.Collections.Generic;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

/// <summary>The collector finds exactly the references of an object, for every way in which a type can say where they are.</summary>
[NonParallelizable]
public sealed unsafe class ObjectTypeTests
{
    private static readonly object s_marker = new();

    private static IEnumerable<object> Samples
    {
        get
        {
            object m = s_marker;
            yield return new object();
            yield return "a string has no references, whatever its characters look like";
            yield return new long[9];
            yield return new Mixed { First = m, Number = 5, Second = m, Small = 1, Third = m };
            yield return new Derived { First = m, Second = m, Third = m, Own = m, Flag = true };
            yield return new Nested { Before = 1, Inner = new Pair { Left = m, Number = 3, Right = m }, After = m };
            yield return (object)new Pair { Left = m, Right = m };
            yield return Filled(new object[1]);
            yield return Filled(new object[700]);
            yield return Filled(new string?[0]);
            yield return Structs<Pair>(11, p => p with { Left = m, Right = m });
            yield return Structs<Wide>(300, w => w with { A = m, B = m, C = m });
            yield return Structs<Tail>(7, t => t with { Only = m });
            yield return Structs<Plain>(20, p => p);
            yield return new Action(new Mixed().Method);
        }
    }

    [Test]
    public void References_are_followed_and_what_looks_like_one_is_not()
    {
        Assert.That(GC.TryStartNoGCRegion(64 << 20), "addresses of this process's objects must stay");
        try
        {
            foreach (object sample in Samples) Check(sample);
        }
        finally
        {
            GC.EndNoGCRegion();
        }
    }

    private static void Check(object sample)
    {
        using HostArena arena = HostArena.Create(2048);
        ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> heap = default;
        Assert.That(heap.TryInitialize(arena, arena.Window));
        int length = sample is Array array ? array.Length : sample is string text ? text.Length : 0;
        List<int> references = FakeObjects.ReferenceWords(sample, s_marker, out int sizeBytes);
        bool isDelegate = sample is Delegate;
        byte* holder = FakeObjects.New(ref heap, sample.GetType(), length);
        int firstContentWord = sample is Array or string ? 2 : 1;
        List<(nint Target, bool IsReference)> targets = [];
        for (int word = firstContentWord; word < sizeBytes / 8; word++)
        {
            // A delegate's references are not all filled in: only those that are can be told.
            if (isDelegate && !references.Contains(word)) continue;
            byte* target = FakeObjects.New(ref heap, typeof(object));
            ((byte**)holder)[word] = target;
            targets.Add(((nint)target, references.Contains(word)));
        }

        heap.BeginCollection();
        heap.MarkReference(holder);
        heap.FinishCollection();
        Assert.That(FakeObjects.IsObject(ref heap, holder), $"{sample.GetType()} itself");
        foreach ((nint target, bool isReference) in targets)
            Assert.That(FakeObjects.IsObject(ref heap, (byte*)target), Is.EqualTo(isReference), $"{sample.GetType()}, {references.Count} references");
        Assert.That(heap.Validate(), Is.EqualTo(HeapInvariant.None));
    }

    private static object[] Filled(object?[] array)
    {
        Array.Fill(array, s_marker);
        return array!;
    }

    private static T[] Structs<T>(int length, Func<T, T> fill)
        where T : struct
    {
        T[] array = new T[length];
        for (int i = 0; i < length; i++) array[i] = fill(array[i]);
        return array;
    }

    private class Mixed
    {
        public object? First;
        public long Number;
        public object? Second;
        public byte Small;
        public object? Third;

        public void Method() => Number++;
    }

    private sealed class Derived : Mixed
    {
        public bool Flag;
        public object? Own;
    }

    private sealed class Nested
    {
        public long Before;
        public Pair Inner;
        public object? After;
    }

    private record struct Pair(object? Left, long Number, object? Right);

    private record struct Wide(long X, object? A, object? B, long Y, long Z, object? C);

    private record struct Tail(long X, long Y, object? Only);

    private record struct Plain(long X, int Y);
}
