using System.Collections.Generic;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>The processes that there are, and whose turn it is: on each processor one after the other, a tick of the timer each.</summary>
/// <remarks>
/// <para>
/// <b>Whose a process is.</b> While a processor runs a process (<see cref="Process.Processor"/>), its memory, its registers, its files and its state are that processor's: no other
/// touches them, whatever it holds. So page faults, and the calls that touch nothing else (<see cref="SystemCalls"/>), need no lock. Whatever is not so, the table, who waits for
/// what, pipes, signals that come, is under one lock (<see cref="Enter"/>), and so is a process that no processor runs.
/// </para>
/// <para>
/// <b>The lock</b> lets interrupts through (<see cref="OpenLock"/>): objects are made under it, and who holds it or waits for it can be stopped for a collection. It is given back before
/// a program runs and taken again when it has stopped for something that is not its own.
/// </para>
/// <para>
/// <b>Turns.</b> Each processor has a queue of processes that can go on, or that wait for something that may have come; a process goes back to where it ran last. One with
/// nothing to do takes from the longest other queue. Who waits is in no queue: what it waits for asks it to look again (<see cref="Wake"/>), and
/// its call is made again when its turn comes. A change that comes while it is about to wait is not lost: both are under the lock.
/// </para>
/// <para>
/// <b>Asking others.</b> A processor that sleeps is interrupted when something is put into a queue for it, after that can be seen; it looks after it has said that it sleeps.
/// A process that is sent a signal while it runs elsewhere has its processor interrupted, which takes it out of ring 3; should it have been about to go there, the next tick does.
/// Who ends a process that runs elsewhere for its memory waits until that has happened, without the lock.
/// </para>
/// <para>
/// <b>Time</b> is looked at by the first processor, which ticks whenever the shell waits, and by the ticks of those that run programs. While the shell does something else
/// and no program runs, who waits for a time waits for the shell too.
/// </para>
/// </remarks>
public sealed partial class ProcessTable
{
    private const int MostProcesses = 256;

    private readonly List<Process> _processes = new(MostProcesses);
    private readonly ProcessHistory _history = new();
    private readonly SystemCalls _calls;
    private OpenLock _lock = new(LockRank.Processes);
    private Process? _awaited;
    private int _lastId;
    private bool _hasNobodys;
    private ulong _endedCalls;

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

    /// <summary>How many system calls there were, those included that never came back: of a process that it ended, or that ended while it waited.</summary>
    public ulong CallCount
    {
        get
        {
            ulong count = _endedCalls;
            for (int index = 0; index < _processes.Count; index++) count += _processes[index].CallCount;
            return count;
        }
    }

    /// <summary>How often the lock was taken, and waited for.</summary>
    public LockStatistics LockStatistics => _lock.Statistics;

    /// <summary>Whether this processor has the lock.</summary>
    public bool IsEntered => _lock.IsHeld(default(OpenGuard));

    /// <summary>Waits until no other processor has the lock. Under it are the table, and all processes that no processor runs.</summary>
    public void Enter() => _lock.Acquire(default(OpenGuard));

    /// <summary>Gives the lock back, after those that wait for what has changed are asked to look.</summary>
    public void Leave()
    {
        if (FileChanges.HasAny) WakeForFiles();
        _lock.Release(default(OpenGuard));
    }

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

    /// <summary>Ends a process: its memory goes back, its children are nobody's, its parent can ask how it ended.</summary>
    /// <remarks>
    /// Nothing here takes memory. Who runs on the process's own memory meanwhile ends with it. No other processor runs either of them: see <see cref="IsBusy"/>.
    /// </remarks>
    public void End(Process process, int status)
    {
        if (process.State == ProcessState.Ended) return;
        KernelAssert.That(!IsBusy(process), "ProcessTable: a process is ended under a processor");
        Process? borrower = BorrowerOf(process);
        if (borrower != null) End(borrower, Signal.Kill);
        if (process.IsBorrower) _calls.ClearThreadWord(process);
        if (process.Queue != Process.Nowhere) Unqueue(process);
        process.State = ProcessState.Ended;
        process.ExitStatus = status;
        process.HoldsParent = false;
        process.Files.CloseAll();
        process.ClearMemory();
        _hasNobodys = true;
        for (int index = 0; index < _processes.Count; index++)
        {
            Process child = _processes[index];
            if (child.ParentId != process.Id) continue;
            child.ParentId = 0;
            child.IsForgotten = true;
        }

        TellOfEnd(process);
    }

    /// <summary>Forgets a process that has ended, or never began.</summary>
    public void Bury(Process process)
    {
        _history.Add(process);
        _endedCalls += process.CallCount;
        _processes.Remove(process);
        process.Destroy();
    }

    // Whether another processor runs it, or who runs on its memory.
    private static bool IsElsewhere(Process process) => process.IsRunning && process.Processor != CrossCalls.Current.Value;

    private bool IsBusy(Process process)
    {
        Process? borrower = BorrowerOf(process);
        return IsElsewhere(process) || (borrower != null && IsBusy(borrower));
    }

    private Process? BorrowerOf(Process process)
    {
        Process? borrower = process.HeldBy == 0 ? null : Find(process.HeldBy);
        return borrower != null && borrower.IsBorrower ? borrower : null;
    }

    // Buries those whose end nobody will ask for.
    private void BuryNobodys()
    {
        if (!_hasNobodys) return;
        _hasNobodys = false;
        for (int index = _processes.Count - 1; index >= 0; index--)
        {
            Process process = _processes[index];
            bool isNobodys = (process.IsForgotten || process.ParentId == 0) && process != _awaited;
            if (process.State != ProcessState.Ended || !isNobodys) continue;
            if (process.IsRunning) _hasNobodys = true; // The processor that ended it is not done with it.
            else Bury(process);
        }
    }
}
