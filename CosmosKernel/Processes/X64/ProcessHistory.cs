using System;
using System.Collections.Generic;
using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>What is remembered of processes that are gone: the last of them, and the faults of all.</summary>
public sealed class ProcessHistory
{
    private const int Kept = 16;

    private readonly List<EndedProcess> _last = new();
    private FaultCounters _faults;

    /// <summary>The last ones, in the order in which they were forgotten.</summary>
    public List<EndedProcess> Last => _last;

    /// <summary>How the faults of all of them ended.</summary>
    public FaultCounters Faults => _faults;

    /// <summary>The one called <paramref name="id"/>; null when it is none of the last.</summary>
    public EndedProcess? Find(int id)
    {
        for (int index = 0; index < _last.Count; index++)
        {
            if (_last[index].Id == id) return _last[index];
        }

        return null;
    }

    /// <summary>Adds one that is about to go; one that never ran anything is not remembered.</summary>
    internal void Add(Process process)
    {
        FaultCounters faults = process.Memory.Faults;
        _faults.Add(in faults);
        if (process.State != ProcessState.Ended) return;
        if (_last.Count == Kept) _last.RemoveAt(0);
        try
        {
            _last.Add(new EndedProcess(process));
        }
        catch (Exception exception)
        {
            SystemCalls.ExpectShortage(exception); // Then it is forgotten.
        }
    }
}
