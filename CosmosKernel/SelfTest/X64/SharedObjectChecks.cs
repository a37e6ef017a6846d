using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Hardware;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Objects on all processors at once: made, reached from stacks, statics and each other, collected by any of them.</summary>
internal static unsafe class SharedObjectChecks
{
    private const int Rounds = 300;
    private const int CollectPeriod = 100;
    private const int MostLinks = 60;
    private const int SharedLists = 16;
    private const int Dropped = 500;
    private const int PieceBytes = 1_000_000;
    private const uint ShortLimitMilliseconds = 20;
    private const ulong DeafNanoseconds = 200_000_000;

    private static readonly Link?[] s_shared = new Link?[SharedLists];
    private static int[] s_finalized = [];
    private static int s_failures;
    private static int s_survivors;
    private static int s_ready;

    [ThreadStatic]
    private static Link? t_kept;

    internal static void AddTo(SelfTestSuite suite)
    {
        suite.Add("processors.all make and collect objects at once", MakeAtOnce);
        suite.Add("processors.what one dropped is gone, and finalized once", Drop);
        suite.Add("processors.memory that is gone for all is an exception on each", Exhaust);
        suite.Add("processors.while one cannot be stopped nothing is collected", Deaf);
    }

    private static void MakeAtOnce(CheckRecorder recorder)
    {
        s_failures = 0;
        ProcessorWork.Start(&Make, recorder);
        Make(0);
        ProcessorWork.Await(recorder);
        Array.Clear(s_shared);
        recorder.Equal(0, s_failures, "lists that were not what they had been");
        GC.Collect();
        recorder.Equal(0, (long)KernelMemory.Objects.Validate(), "invariant violated");
    }

    private static void Make(CosmosAddress number)
    {
        RandomWords random = new((ulong)number + 1);
        Link? own = null;
        t_kept = NewList(ref random, (int)number);
        for (int round = 0; round < Rounds; round++)
        {
            own = NewList(ref random, (int)number);
            ref Link? shared = ref s_shared[random.Below(SharedLists)];
            Link? seen = Volatile.Read(ref shared);
            if (seen is not null) Expect(seen.IsWell);
            Volatile.Write(ref shared, own);
            if (random.Below(8) == 0) t_kept = own;
            if (random.Below(50) == 0) GC.KeepAlive(new byte[40_000]);
            if (round % CollectPeriod == 0) GC.Collect();
            Expect(own.IsWell);
            Expect(t_kept!.IsWell);
        }

        t_kept = null;
    }

    private static Link NewList(ref RandomWords random, int mark)
    {
        Link first = new(mark, null, 0);
        int count = random.Below(MostLinks);
        for (int i = 1; i < count; i++) first = new Link(mark, first, random.Below(30));
        return first;
    }

    private static void Drop(CheckRecorder recorder)
    {
        s_survivors = 0;
        s_finalized = new int[(CrossCalls.Count + 1) * Dropped];
        int others = ProcessorWork.Start(&MakeAndDrop, recorder);
        MakeAndDrop(0);
        ProcessorWork.Await(recorder);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int made = (others + 1) * Dropped;
        int once = 0;
        int more = 0;
        foreach (int runs in s_finalized)
        {
            if (runs == 1) once++;
            else if (runs > 1) more++;
        }

        recorder.Equal(0, more, "finalizers that ran more than once");
        recorder.Expect(once >= made - (made / 20), once.ToString() + " of " + made.ToString() + " finalizers ran");
        recorder.Expect(s_survivors <= made / 20, s_survivors.ToString() + " of " + made.ToString() + " dropped objects survived a collection");
    }

    private static void MakeAndDrop(CosmosAddress number)
    {
        List<WeakReference> references = new(Dropped);
        DropAll((int)number, references);
        GC.Collect();
        int survivors = 0;
        foreach (WeakReference reference in references)
        {
            if (reference.Target is not null) survivors++;
        }

        Interlocked.Add(ref s_survivors, survivors);
        GC.WaitForPendingFinalizers();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropAll(int number, List<WeakReference> references)
    {
        for (int i = 0; i < Dropped; i++)
        {
            references.Add(new WeakReference(new Link(number, null, 8)));
            _ = new Ending((number * Dropped) + i);
        }
    }

    private static void Exhaust(CheckRecorder recorder)
    {
        s_failures = 0;
        s_ready = 0;
        ulong free = KernelMemory.Frames.Statistics.Free;
        int others = ProcessorWork.Start(&TakeUntilGone, recorder);
        TakeUntilGone(0);
        ProcessorWork.Await(recorder);
        recorder.Equal(others + 1, s_ready, "processors that found no memory");
        recorder.Equal(0, s_failures, "exceptions of another kind");
        GC.Collect();
        recorder.Expect(ObjectMemory.HasReserve, "the reserve was not taken again");
        ulong back = KernelMemory.Frames.Statistics.Free;
        recorder.Expect(back > free - (free / 8), "of " + free.ToString() + " free frames " + back.ToString() + " came back");
    }

    private static void TakeUntilGone(CosmosAddress number)
    {
        _ = number;
        Piece? last = null;
        try
        {
            while (true) last = new Piece(last, new byte[PieceBytes]);
        }
        catch (Exception exception)
        {
            if (exception is not OutOfMemoryException || last is null) Interlocked.Increment(ref s_failures);
            Interlocked.Increment(ref s_ready);
        }
    }

    private static void Deaf(CheckRecorder recorder)
    {
        CpuId deaf = CpuId.FromTrusted(1);
        if (CrossCalls.Count < 2 || !CrossCalls.IsRunning(deaf)) return;
        s_ready = 0;
        ulong stuck = ObjectMemory.Totals.Stuck;
        ulong collections = ObjectMemory.Totals.Count;
        uint limit = ObjectMemory.StopLimitMilliseconds;
        ObjectMemory.StopLimitMilliseconds = ShortLimitMilliseconds;
        recorder.Expect(CrossCalls.TryStartWork(deaf, &SpinMasked, 0), "the processor has work");
        ProcessorWork.AwaitCount(ref s_ready, 1, recorder);
        recorder.Expect(!ObjectMemory.TryCollect(), "there was a collection");
        ObjectMemory.StopLimitMilliseconds = limit;
        recorder.Equal((long)collections, (long)ObjectMemory.Totals.Count, "collections");
        recorder.Equal((long)stuck + 1, (long)ObjectMemory.Totals.Stuck, "attempts that were given up");
        ProcessorWork.Await(recorder);
        recorder.Expect(ObjectMemory.TryCollect(), "there is no collection afterwards");
    }

    private static void SpinMasked(CosmosAddress ignored)
    {
        _ = ignored;
        bool wereOn = Cpu.DisableInterrupts();
        Interlocked.Increment(ref s_ready);
        ulong start = Cosmos.Core.Clock.Nanoseconds;
        while (Cosmos.Core.Clock.Nanoseconds - start < DeafNanoseconds) Cpu.Pause();
        Cpu.RestoreInterrupts(wereOn);
    }

    private static void Expect(bool isSo)
    {
        if (!isSo) Interlocked.Increment(ref s_failures);
    }

    /// <summary>A link of a list that knows how many come behind it, and what its bytes are.</summary>
    private sealed class Link
    {
        private readonly int _mark;
        private readonly int _position;
        private readonly Link? _next;
        private readonly byte[] _bytes;

        internal Link(int mark, Link? next, int byteCount)
        {
            _mark = mark;
            _next = next;
            _position = next is null ? 0 : next._position + 1;
            _bytes = new byte[byteCount];
            Array.Fill(_bytes, (byte)(_mark + _position));
        }

        internal bool IsWell
        {
            get
            {
                int position = _position;
                for (Link? link = this; link is not null; link = link._next, position--)
                {
                    if (link._position != position || link._mark != _mark) return false;
                    foreach (byte value in link._bytes)
                    {
                        if (value != (byte)(_mark + position)) return false;
                    }
                }

                return position == -1;
            }
        }
    }

    private sealed class Piece(Piece? before, byte[] bytes)
    {
        internal Piece? Before { get; } = before;

        internal byte[] Bytes { get; } = bytes;
    }

    private sealed class Ending
    {
        private readonly int _number;

        internal Ending(int number) => _number = number;

        ~Ending() => Interlocked.Increment(ref s_finalized[_number]);
    }
}
