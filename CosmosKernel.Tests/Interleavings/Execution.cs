using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace MemOS.Tests.Interleavings;

/// <summary>One order of the steps of a scenario's processors, and of the moments at which their writes are seen by the others.</summary>
/// <remarks>
/// <para>
/// Each processor is a thread, and one of them runs at a time. Before each of its operations on shared words it asks who is to go on: itself,
/// another, or the oldest writes of some processor's store buffer, which memory gets then. Where nothing else is chosen a processor goes on until
/// it waits or ends, and writes stay in the buffers as long as they may; every other choice is a <i>deviation</i>. Few suffice to show most mistakes
/// (Musuvathi, Qadeer, "Iterative context bounding", PLDI 2007). A write is chosen to reach memory only where that makes a difference: where another
/// processor is about to read or change some of its bytes, or waits; and then that one goes on, not the writer.
/// </para>
/// <para>
/// The buffers are those of total store order (Owens, Sarkar, Sewell, "A better x86 memory model: x86-TSO", TPHOLs 2009): a queue of writes a
/// processor, in which it sees its own; an operation with LOCK, and a fence, empties it first.
/// </para>
/// </remarks>
internal sealed unsafe class Execution
{
    private const int MostSteps = 20_000;

    private static readonly Touched s_all = new(0, long.MaxValue);

    [ThreadStatic]
    private static Execution? t_current;

    [ThreadStatic]
    private static int t_processor;

    private readonly Scenario _scenario;
    private readonly IChooser _chooser;
    private readonly Processor[] _processors;
    private readonly List<int> _options = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly List<string> _story = [];
    private int _commits;
    private int _steps;

    public Execution(Scenario scenario, IChooser chooser)
    {
        _scenario = scenario;
        _chooser = chooser;
        _processors = [.. Enumerable.Range(0, scenario.Processors).Select(_ => new Processor())];
    }

    /// <summary>The one that the running thread takes part in.</summary>
    public static Execution Current => t_current ?? throw new InvalidOperationException("no execution is under way on this thread");

    /// <summary>Whether the running thread takes part in one.</summary>
    public static bool IsUnderWay => t_current != null;

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Fault { get; private set; }

    /// <summary>What happened, a step a line.</summary>
    public IReadOnlyList<string> Story => _story;

    private Processor Own => _processors[t_processor];

    /// <summary>Runs it to its end; the threads are the processors'.</summary>
    public void Run(ProcessorThreads threads)
    {
        threads.Start(_processors.Length, Work);
        Choose(-1);
        _ended.Wait();
        threads.Join();
        Fault ??= Check();
    }

    /// <summary>Takes a step: what follows, up to the next one, happens at once. It reads or changes so many bytes at an address, or none that are shared.</summary>
    public void Step(string what, nuint address = 0, int sizeBytes = 0)
    {
        if (Fault != null) throw new EndedException();
        if (++_steps > MostSteps) Fail("it does not come to an end");
        int processor = t_processor;
        Own.Next = new Touched(address, sizeBytes);
        if (Choose(processor) != processor) _processors[processor].Turn.Wait();
        if (Fault != null) throw new EndedException();
        _story.Add($"processor {processor}: {what}");
    }

    /// <summary>How often memory has changed.</summary>
    public int Commits => _commits;

    /// <summary>Goes on when what it has read last has changed in memory: for loops that wait for one word.</summary>
    public void Wait() => Wait(Own.Next);

    /// <summary>Goes on when anything has changed in memory.</summary>
    public void WaitForAny() => Wait(s_all);

    /// <summary>Something that no other processor sees happens, so nothing is chosen before it.</summary>
    public void Note(string what) => _story.Add($"processor {t_processor}: {what}");

    /// <summary>What the processor sees of so many bytes at an address, at most 8: memory, and what it has written itself over it.</summary>
    public ulong Read(nuint address, int sizeBytes)
    {
        byte* bytes = stackalloc byte[sizeof(ulong)];
        *(ulong*)bytes = 0;
        for (int i = 0; i < sizeBytes; i++) bytes[i] = ((byte*)address)[i]; // SAFETY: the caller's word.
        foreach (Store store in Own.Stores) store.Overlay(address, sizeBytes, bytes);
        return *(ulong*)bytes;
    }

    /// <summary>Writes so many bytes into the processor's buffer.</summary>
    public void Write(nuint address, int sizeBytes, ulong value) => Own.Stores.Add(new Store(address, sizeBytes, value));

    /// <summary>Memory gets what the processor has written.</summary>
    public void Flush()
    {
        while (Own.Stores.Count > 0) Commit(t_processor);
    }

    /// <summary>So many bytes at an address have changed in memory.</summary>
    public void Changed(nuint address, int sizeBytes)
    {
        _commits++;
        Touched changed = new(address, sizeBytes);
        foreach (Processor processor in _processors)
        {
            if (processor.Awaited.Overlaps(changed)) processor.Waits = false;
        }
    }

    private void Wait(Touched awaited)
    {
        Own.Awaited = awaited;
        Own.Waits = true;
        Step("waits");
    }

    private string? Check()
    {
        try
        {
            return _scenario.Check();
        }
#pragma warning disable CA1031 // What is broken may throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.Message;
        }
    }

    private void Work(int processor)
    {
        t_current = this;
        t_processor = processor;
        _processors[processor].Turn.Wait();
        try
        {
            if (Fault == null) _scenario.Run(processor);
        }
        catch (EndedException)
        {
            // Another one has failed.
        }
#pragma warning disable CA1031 // What a processor throws, whatever it is, is what went wrong.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault ??= $"processor {processor}: {exception.Message}";
        }

        _processors[processor].HasEnded = true;
        t_current = null;
        Choose(-1);
    }

    // Who goes on; another one is woken. -1: nobody does at the moment.
    private int Choose(int running)
    {
        bool hasCommitted = false;
        while (true)
        {
            if (Fault != null) return Abandon(running);
            int next = ChooseOne(running, hasCommitted);
            if (next < _processors.Length)
            {
                if (next >= 0 && next != running) _processors[next].Turn.Release();
                return next;
            }

            CommitAwaited(next - _processors.Length);
            hasCommitted |= next - _processors.Length == running;
        }
    }

    private int ChooseOne(int running, bool hasCommitted)
    {
        _options.Clear();
        bool goesOn = running >= 0 && CanRun(running) && !(hasCommitted && IsOtherAble(running));
        if (goesOn) _options.Add(running);
        for (int other = 0; other < _processors.Length; other++)
        {
            if (other != running && CanRun(other)) _options.Add(other);
        }

        bool isAnyAble = _options.Count > 0;
        int free = goesOn ? 1 : _options.Count;
        for (int other = 0; other < _processors.Length; other++)
        {
            if (IsAwaited(other)) _options.Add(_processors.Length + other);
        }

        // Nobody waits for any: their order makes no difference.
        int writer = Array.FindIndex(_processors, processor => processor.Stores.Count > 0);
        if (_options.Count == 0 && writer >= 0) _options.Add(_processors.Length + writer);

        if (_options.Count == 0)
        {
            if (_processors.All(processor => processor.HasEnded)) _ended.Set();
            else Fail("all wait for ever");
            return Fault == null ? -1 : Abandon(running);
        }

        return _options[_chooser.Choose(_options.Count, isAnyAble ? free : _options.Count)];
    }

    private bool IsOtherAble(int processor)
    {
        for (int other = 0; other < _processors.Length; other++)
        {
            if (other != processor && CanRun(other)) return true;
        }

        return false;
    }

    // Whether it makes a difference to another one when memory gets what a processor has written.
    private bool IsAwaited(int processor) => FindAwaited(processor) >= 0;

    private int FindAwaited(int processor) => _processors[processor].Stores.FindIndex(store => IsAwaited(processor, store));

    private bool IsAwaited(int processor, Store store)
    {
        for (int other = 0; other < _processors.Length; other++)
        {
            Processor asking = _processors[other];
            if (other != processor && !asking.HasEnded && (asking.Waits ? asking.Awaited : asking.Next).Overlaps(store.Place)) return true;
        }

        return false;
    }

    // The oldest writes, up to one that makes a difference now.
    private void CommitAwaited(int processor)
    {
        int last = FindAwaited(processor);
        if (last < 0) last = _processors[processor].Stores.Count - 1;
        for (; last >= 0; last--) Commit(processor);
    }

    private bool CanRun(int processor) => !_processors[processor].HasEnded && !_processors[processor].Waits;

    // One after the other they see that it is over.
    private int Abandon(int running)
    {
        if (running >= 0) return running;
        int next = Array.FindIndex(_processors, processor => !processor.HasEnded);
        if (next < 0) _ended.Set();
        else _processors[next].Turn.Release();
        return -1;
    }

    private void Commit(int processor)
    {
        List<Store> buffer = _processors[processor].Stores;
        Store oldest = buffer[0];
        oldest.Commit();
        buffer.RemoveAt(0);
        Changed(oldest.Address, oldest.SizeBytes);
        _story.Add($"processor {processor}: its oldest write is seen");
    }

    private void Fail(string fault) => Fault ??= fault;

    private sealed class Processor
    {
        public List<Store> Stores { get; } = [];

        public SemaphoreSlim Turn { get; } = new(0);

        /// <summary>What it is about to read or change.</summary>
        public Touched Next { get; set; }

        /// <summary>Whether it waits until what it waits for changes.</summary>
        public bool Waits { get; set; }

        /// <summary>What it waits for.</summary>
        public Touched Awaited { get; set; }

        public bool HasEnded { get; set; }
    }

    private readonly record struct Touched(nuint Address, long SizeBytes)
    {
        public bool Overlaps(Touched other) =>
            other.Address - Address < (nuint)SizeBytes || Address - other.Address < (nuint)other.SizeBytes; // Wraps below.
    }

    /// <summary>A write that others do not see yet; of some of the bytes that another one writes or reads, perhaps.</summary>
    private readonly record struct Store(nuint Address, int SizeBytes, ulong Value)
    {
        public Touched Place => new(Address, SizeBytes);

        public void Commit() => Overlay(Address, SizeBytes, (byte*)Address);

        public void Overlay(nuint address, int sizeBytes, byte* bytes)
        {
            for (int i = 0; i < SizeBytes; i++)
            {
                nuint offset = unchecked(Address + (nuint)i - address);
                if (offset < (nuint)sizeBytes) bytes[offset] = (byte)(Value >> (i * 8));
            }
        }
    }

    private sealed class EndedException : Exception
    {
    }
}
