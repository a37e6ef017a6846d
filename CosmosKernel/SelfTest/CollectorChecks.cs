using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Checks of collections as the kernel's programs see them.</summary>
public static class CollectorChecks
{
    private const int Dropped = 10_000;
    private const int MostSurvivors = Dropped / 50;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("gc.dropped objects are freed", DroppedObjectsAreFreed);
        suite.Add("gc.reached objects stay", ReachedObjectsStay);
        suite.Add("gc.finalizers run when waited for", Finalizers);
        suite.Add("gc.it comes by itself", ComesByItself);
        suite.Add("gc.with interrupts masked it does not", NotWhileMasked);
        suite.Add("gc.memory that is gone is an exception", Exhaustion);
        suite.Add("gc.the heap is in order", heap => heap.Equal(0, (long)KernelMemory.Objects.Validate(), "invariant violated"));
    }

    private static void DroppedObjectsAreFreed(CheckRecorder check)
    {
        var references = new List<WeakReference>(Dropped);
        AddDropped(references);
        GC.Collect();
        int survivors = 0;
        foreach (WeakReference reference in references)
        {
            if (reference.Target is not null) survivors++;
        }

        check.Expect(survivors <= MostSurvivors, survivors.ToString() + " of " + Dropped.ToString() + " dropped objects survived");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddDropped(List<WeakReference> references)
    {
        Cell? last = null;
        for (int i = 0; i < Dropped; i++)
        {
            // Pairs that refer to each other.
            var cell = new Cell(i, last);
            if (last is not null) last.Other = cell;
            last = i % 2 == 0 ? cell : null;
            references.Add(new WeakReference(cell));
        }
    }

    private static void ReachedObjectsStay(CheckRecorder check)
    {
        Cell? list = null;
        for (int i = 0; i < Dropped; i++)
        {
            list = new Cell(i, list);
            if (i % 1000 == 0) GC.Collect();
        }

        GC.Collect();
        for (int i = Dropped - 1; i >= 0; i--)
        {
            if (list is null || list.Number != i)
            {
                check.Fail("the list ends, or is wrong, at " + i.ToString());
                return;
            }

            list = list.Other;
        }
    }

    private static void Finalizers(CheckRecorder check)
    {
        const int count = 1000;
        int before = WithFinalizer.s_run;
        MakeWithFinalizers(count);
        GC.Collect();
        check.Equal(before, WithFinalizer.s_run, "finalizers run while nobody waited");
        GC.WaitForPendingFinalizers();
        int run = WithFinalizer.s_run - before;
        check.Expect(run >= count - (count / 50) && run <= count, run.ToString() + " of " + count.ToString() + " finalizers ran");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeWithFinalizers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            new WithFinalizer().Touch();
            GC.SuppressFinalize(new WithFinalizer());
        }
    }

    private static void ComesByItself(CheckRecorder check)
    {
        int before = GC.CollectionCount(0);
        ulong bytes = 0;
        byte[] last = new byte[0];
        while (GC.CollectionCount(0) < before + 2 && bytes < 2UL << 30)
        {
            last = new byte[40_000];
            bytes += (ulong)last.Length;
        }

        check.Expect(last.Length != 0 && GC.CollectionCount(0) >= before + 2, "no collection came after " + (bytes >> 20).ToString() + " MiB");
    }

    private static void NotWhileMasked(CheckRecorder check)
    {
        GC.Collect();
        int before = GC.CollectionCount(0);
        ulong bytes = ObjectMemory.BudgetBytes + (ObjectMemory.BudgetBytes / 8);
        bool wereOn = Cpu.DisableInterrupts();
        for (ulong taken = 0; taken < bytes; taken += 1024) GC.KeepAlive(new byte[1000]);
        int after = GC.CollectionCount(0);
        Cpu.RestoreInterrupts(wereOn);
        check.Equal(before, after, "collections while interrupts were masked");
        GC.Collect();
    }

    /// <summary>Takes all memory there is, twice: the second time shows that it came back.</summary>
    private static void Exhaustion(CheckRecorder check)
    {
        long first = AllocateUntilGone();
        check.Expect(!ObjectMemory.HasReserve || first == 0, "the reserve was not given");
        GC.Collect();
        check.Expect(ObjectMemory.HasReserve, "the reserve was not taken again");
        long second = AllocateUntilGone();
        GC.Collect();
        check.Expect(first > 0 && second > first - (first / 8), "of " + first.ToString() + " KiB " + second.ToString() + " came back");
    }

    /// <summary>Allocates until that fails; returns how many KiB there were, 0 when something else failed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long AllocateUntilGone()
    {
        long kilobytes = 0;
        Cell? list = null;
        try
        {
            while (true)
            {
                list = new Cell(0, list, new byte[64_000]);
                kilobytes += 64;
            }
        }
        catch (Exception exception)
        {
            return exception is OutOfMemoryException && list is not null ? kilobytes : 0;
        }
    }

    private sealed class Cell
    {
        public Cell(int number, Cell? other, byte[]? bytes = null)
        {
            Number = number;
            Other = other;
            Bytes = bytes;
        }

        public int Number { get; }

        public Cell? Other { get; set; }

        public byte[]? Bytes { get; }
    }

    private sealed class WithFinalizer
    {
        internal static int s_run;

        private int _touched;

        ~WithFinalizer()
        {
            s_run += _touched;
        }

        public void Touch() => _touched = 1;
    }
}
