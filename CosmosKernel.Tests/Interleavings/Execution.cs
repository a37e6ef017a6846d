using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace MemOS.Tests.Interleavings;

/// <summary>One order of the steps of a scenario's processors, and of the moments at which their writes are seen by the others.</summary>
/// <remarks>
/// <para>
/// Each processor is a thread, and one of them runs at a time. Before each of its operations on shared words it asks who is to go on: itself,
/// another, or the oldest write of some processor's store buffer, which memory gets then. Where nothing else is chosen a processor goes on until
/// it waits or ends, and writes stay in the buffers as long as they may; every other choice is a <i>deviation</i>. Few suffice to show most mistakes
/// (Musuvathi, Qadeer, "Iterative context bounding", PLDI 2007).
/// </para>
/// <para>
/// The buffers are those of total store order (Owens, Sarkar, Sewell, "A better x86 memory model: x86-TSO", TPHOLs 2009): a queue of writes a
/// processor, in which it sees its own; an operation with LOCK, and a fence, empties it first.
/// </para>
/// </remarks>
internal sealed class Execution
{
    private const int MostSteps = 20_000;

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
        Fault ??= _scenario.Check();
    }

    /// <summary>Takes a step: what follows, up to the next one, happens at once.</summary>
    public void Step(string what)
    {
        if (Fault != null) throw new EndedException();
        if (++_steps > MostSteps) Fail("it does not come to an end");
        int processor = t_processor;
        if (Choose(processor) != processor) _processors[processor].Turn.Wait();
        if (Fault != null) throw new EndedException();
        _story.Add($"processor {processor}: {what}");
    }

    /// <summary>How often memory has changed.</summary>
    public int Commits => _commits;

    /// <summary>Goes on when memory has changed: for loops that wait.</summary>
    public void Wait()
    {
        Own.WaitsSince = _commits;
        Step("waits");
        Own.WaitsSince = -1;
    }

    /// <summary>What the processor sees at an address.</summary>
    public ulong Read(nuint address, ulong memory)
    {
        List<Store> buffer = Own.Stores;
        int index = buffer.FindLastIndex(store => store.Address == address);
        return index < 0 ? memory : buffer[index].Value;
    }

    /// <summary>Writes into the processor's buffer.</summary>
    public void Write(nuint address, ulong value, Action commit) => Own.Stores.Add(new Store(address, value, commit));

    /// <summary>Memory gets what the processor has written.</summary>
    public void Flush()
    {
        while (Own.Stores.Count > 0) Commit(t_processor);
    }

    /// <summary>Something was written to memory at once.</summary>
    public void CountCommit() => _commits++;

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
        while (true)
        {
            if (Fault != null) return Abandon(running);
            int next = ChooseOne(running);
            if (next < _processors.Length)
            {
                if (next >= 0 && next != running) _processors[next].Turn.Release();
                return next;
            }

            Commit(next - _processors.Length);
        }
    }

    private int ChooseOne(int running)
    {
        _options.Clear();
        bool goesOn = running >= 0 && CanRun(running);
        if (goesOn) _options.Add(running);
        for (int other = 0; other < _processors.Length; other++)
        {
            if (other != running && CanRun(other)) _options.Add(other);
        }

        bool isAnyAble = _options.Count > 0;
        int free = goesOn ? 1 : _options.Count;
        for (int other = 0; other < _processors.Length; other++)
        {
            if (_processors[other].Stores.Count > 0) _options.Add(_processors.Length + other);
        }

        if (_options.Count == 0)
        {
            if (_processors.All(processor => processor.HasEnded)) _ended.Set();
            else Fail("all wait for ever");
            return Fault == null ? -1 : Abandon(running);
        }

        return _options[_chooser.Choose(_options.Count, isAnyAble ? free : _options.Count)];
    }

    private bool CanRun(int processor) =>
        !_processors[processor].HasEnded && (_processors[processor].WaitsSince < 0 || _processors[processor].WaitsSince != _commits);

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
        buffer[0].Commit();
        buffer.RemoveAt(0);
        _commits++;
        _story.Add($"processor {processor}: its oldest write is seen");
    }

    private void Fail(string fault) => Fault ??= fault;

    private sealed class Processor
    {
        public List<Store> Stores { get; } = [];

        public SemaphoreSlim Turn { get; } = new(0);

        /// <summary>The commits that there were when it found nothing to do; -1 while it does not wait.</summary>
        public int WaitsSince { get; set; } = -1;

        public bool HasEnded { get; set; }
    }

    private readonly record struct Store(nuint Address, ulong Value, Action Commit);

    private sealed class EndedException : Exception
    {
    }
}
