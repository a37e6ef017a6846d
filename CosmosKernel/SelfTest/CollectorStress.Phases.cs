using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;

namespace MemOS.SelfTest;

/// <content>The phases.</content>
public sealed partial class CollectorStress
{
    private const int Dropped = 10_000;
    private const int MostSurvivors = Dropped / 50;
    private const int LongestList = 500_000;
    private const int PhaseCount = 6;
    private const long BytesPerLink = 128;
    private const int ArrayShare = 64;
    private const int ArrayCount = 12;

    private static long MachineBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private void RunPhase()
    {
        switch ((_operations / PhasePeriod) % PhaseCount)
        {
            case 0: LongList(); break;
            case 1: DropAndCount(isCyclic: true); break;
            case 2: LargeArrays(); break;
            case 3: Strings(); break;
            case 4: Finalizers(); break;
            default:
                DropAndCount(isCyclic: false);
                _rounds++;
                EndRound();
                break;
        }
    }

    /// <summary>A list as long as a tenth of the memory, or of 500,000 links, through a collection.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LongList()
    {
        int length = (int)Math.Min(LongestList, MachineBytes / BytesPerLink);
        Link? list = null;
        for (int i = 0; i < length; i++) list = new Link(i, list);
        GC.Collect();
        for (int i = length - 1; i >= 0; i--)
        {
            if (list is null || list.Number != i)
            {
                Fail("the list of " + length.ToString() + " ends, or is wrong, at " + i.ToString());
                return;
            }

            list = list.Next;
        }
    }

    /// <summary>10,000 objects behind weak references, each dropped alone or in a ring of ten: how many survive a collection.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DropAndCount(bool isCyclic)
    {
        WeakReference[] references = new WeakReference[Dropped];
        MakeDropped(references, isCyclic);
        object kept = new Link(17, null);
        var toKept = new WeakReference(kept);
        GC.Collect();
        int survivors = 0;
        foreach (WeakReference reference in references)
        {
            if (reference.IsAlive) survivors++;
        }

        if (survivors > _mostSurvivors) _mostSurvivors = survivors;
        if (survivors > MostSurvivors) Fail(survivors.ToString() + " of " + Dropped.ToString() + " dropped objects survived a collection");
        if (toKept.Target is not Link { Number: 17 }) Fail("a weak reference lost an object that lives");
        GC.KeepAlive(kept);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeDropped(WeakReference[] references, bool isCyclic)
    {
        const int ringLength = 10;
        Link? first = null;
        Link? last = null;
        for (int i = 0; i < references.Length; i++)
        {
            var link = new Link(i, isCyclic ? last : null);
            last = link;
            if (i % ringLength == 0) first = link;
            if (isCyclic && i % ringLength == ringLength - 1)
            {
                first!.Next = link;
                last = null;
            }

            references[i] = new WeakReference(link);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LargeArrays()
    {
        int mostWords = (int)Math.Min(4 << 20, MachineBytes / ArrayShare / sizeof(int));
        int[][] arrays = new int[ArrayCount][];
        for (int i = 0; i < ArrayCount * 4; i++)
        {
            int at = i % ArrayCount;
            CheckArray(arrays[at]);
            int[] array = new int[1 + _random.Below(mostWords)];
            if (array[array.Length / 2] != 0 || array[array.Length - 1] != 0) Fail("a new array is not zero");
            array[0] = array.Length;
            array[array.Length / 2] = array.Length;
            array[array.Length - 1] = array.Length;
            arrays[at] = array;
        }

        foreach (int[] array in arrays) CheckArray(array);
    }

    private void CheckArray(int[]? array)
    {
        if (array is null) return;
        if (array[0] != array.Length || array[array.Length / 2] != array.Length || array[array.Length - 1] != array.Length)
            Fail("an array of " + array.Length.ToString() + " has changed");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Strings()
    {
        var texts = new Dictionary<string, int>();
        var text = new StringBuilder();
        for (int i = 0; i < 2000; i++)
        {
            string word = "word " + i.ToString();
            text.Append(word).Append(' ');
            texts[word] = i;
            if (i % 500 == 0) GC.Collect();
        }

        string[] words = text.ToString().Split("word ");
        for (int i = 0; i < 2000; i++)
        {
            string word = words[i + 1].Trim();
            if (word != i.ToString() || texts["word " + word] != i) Fail("a string has changed");
        }
    }

    /// <summary>Objects with finalizers: all run, once, and those suppressed do not.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Finalizers()
    {
        WithFinalizer.s_run = 0;
        WithFinalizer.s_wronglyRun = 0;
        MakeWithFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (WithFinalizer.s_wronglyRun != 0) Fail("a suppressed finalizer ran");
        if (WithFinalizer.s_run < Dropped - MostSurvivors || WithFinalizer.s_run > Dropped)
            Fail(WithFinalizer.s_run.ToString() + " of " + Dropped.ToString() + " finalizers ran");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeWithFinalizers()
    {
        for (int i = 0; i < Dropped; i++)
        {
            new WithFinalizer(false).Touch();
            if (i % 10 == 0) GC.SuppressFinalize(new WithFinalizer(true));
        }
    }

    private sealed class Link
    {
        public Link(int number, Link? next)
        {
            Number = number;
            Next = next;
        }

        public int Number { get; }

        public Link? Next { get; set; }
    }

    private sealed class WithFinalizer
    {
        internal static int s_run;
        internal static int s_wronglyRun;

        private readonly bool _isSuppressed;
        private int _touched;

        public WithFinalizer(bool isSuppressed)
        {
            _isSuppressed = isSuppressed;
        }

        ~WithFinalizer()
        {
            if (_isSuppressed) s_wronglyRun++;
            s_run += _touched;
        }

        public void Touch() => _touched = 1;
    }
}
