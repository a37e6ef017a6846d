using System;
using System.Collections.Generic;
using Cosmos.Core;
using MemOS.Memory.Virtual;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>The processes that there are, and whose turn it is: one after the other, a tick of the timer each.</summary>
public sealed partial class ProcessTable
{
    private const int MostProcesses = 256;

    private readonly List<Process> _processes = new(MostProcesses);
    private readonly ProcessHistory _history = new();
    private readonly SystemCalls _calls;
    private Process? _awaited;
    private ulong _random;
    private int _lastId;
    private int _next;

    /// <summary>A table without processes.</summary>
    /// <param name="seed">What the places of processes are derived from; 0 moves nothing.</param>
    public ProcessTable(ulong seed)
    {
        _random = seed;
        _calls = new SystemCalls(this);
    }

    /// <summary>The processes, in the order in which they came.</summary>
    public List<Process> Processes => _processes;

    /// <summary>Those that are gone.</summary>
    public ProcessHistory History => _history;

    /// <summary>What programs asked for that there is not.</summary>
    public SystemCalls Calls => _calls;

    /// <summary>Whether there are as many processes as there can be.</summary>
    public bool IsFull => _processes.Count >= MostProcesses;

    /// <summary>Makes a process without memory; null when there are too many, or no memory.</summary>
    public Process? TryMake(int parentId)
    {
        if (IsFull) return null;
        Process? process = Process.TryCreate(UserLayout.For(KernelMemory.CommandLine.Layout).Choose(NextMoves()));
        if (process == null) return null;
        process.Id = ++_lastId;
        process.ParentId = parentId;
        process.GroupId = process.Id;
        process.SessionId = process.Id;
        _processes.Add(process);
        return process;
    }

    /// <summary>Random words for the next process.</summary>
    public UserMoves NextMoves() => _random == 0 ? default : new UserMoves(NextRandom(), NextRandom(), NextRandom(), NextRandom());

    /// <summary>The next random word; programs get such too.</summary>
    public ulong NextRandom()
    {
        // SplitMix64 (Steele, Lea, Flood, 2014).
        unchecked
        {
            _random += 0x9E3779B97F4A7C15;
            ulong mixed = (_random ^ (_random >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>The process called <paramref name="id"/>; null when there is none.</summary>
    public Process? Find(int id)
    {
        for (int index = 0; index < _processes.Count; index++)
        {
            if (_processes[index].Id == id) return _processes[index];
        }

        return null;
    }

    /// <summary>The first process that the shell started and that has not been forgotten; null when there is none.</summary>
    public Process? FirstOfShell()
    {
        for (int index = 0; index < _processes.Count; index++)
        {
            if (_processes[index].ParentId == 0) return _processes[index];
        }

        return null;
    }

    /// <summary>Runs all processes until <paramref name="process"/> has ended; how it ended.</summary>
    public int RunUntilEnd(Process process)
    {
        _awaited = process;
        IdleTick.Begin();
        while (process.State != ProcessState.Ended)
        {
            if (!TryTakeTurn()) IdleTick.Wait();
        }

        IdleTick.Stop();
        _awaited = null;
        KernelMemory.Space.Load();
        int status = process.ExitStatus;
        Bury(process);
        return status;
    }

    /// <summary>Runs all processes until a key is pressed, or none is left.</summary>
    public void RunUntilKey()
    {
        if (_processes.Count == 0) return;
        IdleTick.Begin();
        while (_processes.Count != 0 && !Console.KeyAvailable)
        {
            if (!TryTakeTurn()) IdleTick.Wait();
        }

        IdleTick.Stop();
        KernelMemory.Space.Load();
    }

    /// <summary>Ends a process: its memory goes back, its children are nobody's, its parent can ask how it ended.</summary>
    /// <remarks>Nothing here takes memory. Who runs on the process's own memory meanwhile ends with it.</remarks>
    public void End(Process process, int status)
    {
        if (process.State == ProcessState.Ended) return;
        Process? borrower = process.HeldBy == 0 ? null : Find(process.HeldBy);
        if (borrower != null && borrower.IsBorrower) End(borrower, Signal.Kill);
        if (process.IsBorrower) _calls.ClearThreadWord(process);
        process.State = ProcessState.Ended;
        process.ExitStatus = status;
        process.HoldsParent = false;
        process.Files.CloseAll();
        process.ClearMemory();
        for (int index = 0; index < _processes.Count; index++)
        {
            Process child = _processes[index];
            if (child.ParentId != process.Id) continue;
            child.ParentId = 0;
            child.IsForgotten = true;
        }

        TellOfEnd(process);
    }

    /// <summary>Forgets a process that has ended.</summary>
    public void Bury(Process process)
    {
        _history.Add(process);
        _processes.Remove(process);
        process.Destroy();
    }

    // Gives the next process that can go on its turn; false when none can.
    private bool TryTakeTurn()
    {
        for (int left = _processes.Count; left > 0 && _processes.Count != 0; left--)
        {
            if (_next >= _processes.Count) _next = 0;
            Process process = _processes[_next];
            bool isNobodys = (process.IsForgotten || process.ParentId == 0) && process != _awaited;
            if (process.State == ProcessState.Ended && isNobodys)
            {
                Bury(process);
                continue;
            }

            _next++;
            if (TakeTurn(process)) return true;
        }

        return false;
    }

    // Whether it could go on.
    private bool TakeTurn(Process process)
    {
        if (process.Alarm.IsSet && process.Alarm.TryRing(Environment.TickCount64)) process.Signals.TryAdd(SignalInfo.FromKernel(Signal.Alarm));
        if (CanTake(process)) Deliver(process);
        if (process.State is ProcessState.Ended or ProcessState.Stopped) return false;
        if (process.State == ProcessState.Waiting && !_calls.TryServe(process)) return false;
        process.Turns++;
        _hasCollected = false;
        while (process.State == ProcessState.Runnable)
        {
            if (process.Signals.HasWork)
            {
                Deliver(process);
                continue;
            }

            ProcessStop stop = RunAndServe(process);
            if (stop == ProcessStop.SystemCall) continue;
            if (stop == ProcessStop.Interrupt)
            {
                process.Ticks++;
                return true;
            }

            if (stop == ProcessStop.BadAccess && process.LastFault is FaultOutcome.NoMemory or FaultOutcome.ResidentLimit)
            {
                MakeRoomOrEnd(process);
                continue;
            }

            SignalInfo info = FaultSignal.Of(process, stop);
            process.Signals.Force(in info);
            Deliver(process);
            if (process.State != ProcessState.Ended) continue;
            KernelMemory.Space.Load();
            FatalReport.Write(process, stop);
        }

        return true;
    }

    // A call that throws ends its turn in the program, so that going on without one costs nothing.
    private ProcessStop RunAndServe(Process process)
    {
        try
        {
            return process.Run(_calls);
        }
        catch (Exception exception)
        {
            _calls.Fail(process, exception);
            return ProcessStop.SystemCall;
        }
    }
}
