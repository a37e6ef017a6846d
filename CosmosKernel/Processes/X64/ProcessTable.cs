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
    private int _lastId;
    private int _next;
    private bool _hasTicked;

    /// <summary>A table without processes.</summary>
    /// <param name="random">Chance, for where their parts go and what they ask for.</param>
    public ProcessTable(ProcessRandom random)
    {
        Random = random;
        _calls = new SystemCalls(this);
    }

    /// <summary>The processes, in the order in which they came.</summary>
    public List<Process> Processes => _processes;

    /// <summary>Chance, for where their parts go and what they ask for.</summary>
    public ProcessRandom Random { get; }

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
        Process? process = Process.TryCreate(UserLayout.For(KernelMemory.CommandLine.Layout).Choose(Random.NextMoves()));
        if (process == null) return null;
        process.Id = ++_lastId;
        process.ParentId = parentId;
        process.GroupId = process.Id;
        process.SessionId = process.Id;
        _processes.Add(process);
        return process;
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

    /// <summary>Runs all processes until <paramref name="process"/> has ended, or a signal has stopped it; how, as wait4 tells it.</summary>
    /// <remarks>It has the terminal meanwhile. When it was stopped, it goes on first.</remarks>
    public int RunUntilEnd(Process process)
    {
        _awaited = process;
        Terminal.Live.Enter(process.GroupId);
        if (process.State == ProcessState.Stopped) SendToGroup(process.GroupId, Signal.Continue);
        IdleTick.Begin();
        while (process.State is not ProcessState.Ended and not ProcessState.Stopped)
        {
            bool hasRun = TryTakeTurn();
            if (!hasRun || _hasTicked) ServeTerminal();
            if (!hasRun) IdleTick.Wait();
        }

        IdleTick.Stop();
        Terminal.Live.Leave();
        _awaited = null;
        KernelMemory.Space.Load();
        int status = process.State == ProcessState.Ended ? process.ExitStatus : process.News;
        if (process.State == ProcessState.Ended) Bury(process);
        return status;
    }

    /// <summary>Runs all processes until a key is pressed, or none is left; one has a turn even when keys come all the time.</summary>
    public void RunUntilKey()
    {
        if (_processes.Count == 0) return;
        IdleTick.Begin();
        bool hasRun = TryTakeTurn();
        while (_processes.Count != 0 && !Console.KeyAvailable)
        {
            if (!hasRun) IdleTick.Wait();
            hasRun = TryTakeTurn();
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

    // Keys are looked for when the timer has ticked: not after each turn, which may be a few instructions long.
    private void ServeTerminal()
    {
        _hasTicked = false;
        int signal = Terminal.Live.Poll();
        if (signal != 0) SendToGroup(Terminal.Live.Foreground, signal);
    }

    private void SendToGroup(int groupId, int signal)
    {
        for (int index = _processes.Count - 1; index >= 0; index--)
        {
            if (index >= _processes.Count) continue; // One that ends takes its ended children along.
            Process process = _processes[index];
            if (process.GroupId == groupId && process.State != ProcessState.Ended) Send(process, signal);
        }
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
                _hasTicked = true;
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
