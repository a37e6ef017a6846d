using System;
using System.Collections.Generic;
using System.Threading;

namespace MemOS.Tests.Interleavings;

/// <summary>Threads that are a scenario's processors, one execution after the other.</summary>
internal sealed class ProcessorThreads : IDisposable
{
    private readonly List<Worker> _workers = [];
    private int _used;

    /// <summary>Lets the first <paramref name="count"/> run <paramref name="work"/> with their number.</summary>
    public void Start(int count, Action<int> work)
    {
        while (_workers.Count < count) _workers.Add(new Worker(_workers.Count));
        _used = count;
        for (int number = 0; number < count; number++) _workers[number].Start(work);
    }

    /// <summary>Waits until all have ended.</summary>
    public void Join()
    {
        for (int number = 0; number < _used; number++) _workers[number].Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Worker worker in _workers) worker.Dispose();
    }

    private sealed class Worker : IDisposable
    {
        private readonly SemaphoreSlim _begins = new(0);
        private readonly SemaphoreSlim _ends = new(0);
        private readonly Thread _thread;
        private Action<int>? _work;

        public Worker(int number)
        {
            _thread = new Thread(() => Loop(number)) { IsBackground = true };
            _thread.Start();
        }

        public void Start(Action<int> work)
        {
            _work = work;
            _begins.Release();
        }

        public void Join() => _ends.Wait();

        public void Dispose()
        {
            _work = null;
            _begins.Release();
            _thread.Join();
            _begins.Dispose();
            _ends.Dispose();
        }

        private void Loop(int number)
        {
            while (true)
            {
                _begins.Wait();
                if (_work is not { } work) return;
                work(number);
                _ends.Release();
            }
        }
    }
}
