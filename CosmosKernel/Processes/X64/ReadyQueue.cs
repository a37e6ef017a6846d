namespace MemOS.Processes;

/// <summary>The processes that wait for their turn on a processor, in the order in which they came, and the one whose turn it is.</summary>
internal sealed class ReadyQueue
{
    private readonly int _processor;
    private Process? _first;
    private Process? _last;

    /// <summary>The queue of processor <paramref name="processor"/>.</summary>
    internal ReadyQueue(int processor) => _processor = processor;

    /// <summary>How many wait.</summary>
    internal int Count { get; private set; }

    /// <summary>The process that runs there, or is about to.</summary>
    internal Process? Running { get; set; }

    /// <summary>How much there is to do.</summary>
    internal int Load => Running == null ? Count : Count + 1;

    /// <summary>Adds a process, which is in no queue.</summary>
    internal void Put(Process process)
    {
        process.NextReady = null;
        process.Queue = _processor;
        if (_last == null) _first = process;
        else _last.NextReady = process;
        _last = process;
        Count++;
    }

    /// <summary>Takes the first that may run; null when there is none.</summary>
    internal Process? Take()
    {
        Process? process = _first;
        while (process != null && process.IsHeld) process = process.NextReady;
        if (process != null) Remove(process);
        return process;
    }

    /// <summary>Takes out a process that is in it.</summary>
    internal void Remove(Process process)
    {
        Process? before = null;
        for (Process? other = _first; other != process; other = other!.NextReady) before = other;
        if (before == null) _first = process.NextReady;
        else before.NextReady = process.NextReady;
        if (_last == process) _last = before;
        process.NextReady = null;
        process.Queue = Process.Nowhere;
        Count--;
    }
}
