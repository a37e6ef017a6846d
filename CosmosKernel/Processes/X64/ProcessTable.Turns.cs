using System;
using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>Turns: which process a processor runs next, and what is done when it stops.</content>
public sealed partial class ProcessTable
{
    private readonly ReadyQueue?[] _queues = new ReadyQueue?[CpuId.Limit];
    private int _readyCount;
    private bool _hasTicked;

    /// <summary>Puts a process that was made into a queue: that of the processor with the least to do. The lock is held.</summary>
    public void Start(Process process)
    {
        process.IsStarted = true;
        process.Home = LeastBusy();
        Enqueue(process);
    }

    /// <summary>Gives a process that can go on its turn on this processor, which has nothing else to do; false when there is none.</summary>
    public bool TryTakeTurn()
    {
        if (!MayTakeTurn) return false;
        Enter();
        WakeByTime();
        int self = CrossCalls.Current.Value;
        ReadyQueue own = QueueOf(self);
        Process? process = _isPaused ? null : own.Take() ?? TakeFromLongest(self);
        if (process != null)
        {
            _readyCount--;
            process.Processor = self;
            process.Home = self;
            own.Running = process;
            if (self != 0) ProcessorTimer.Begin();
            if (_readyCount != 0 && CrossCalls.Count > 1) WakeIdle(); // One wakes the next, where there is more to do.
            TakeTurnOrEnd(process);
            own.Running = null;
            EndTurn(process);
        }

        BuryNobodys();
        Leave();
        return process != null;
    }

    /// <summary>As <see cref="TryTakeTurn"/>, where an idle processor was woken; interrupts are masked before and after.</summary>
    /// <returns>Whether it has to look again before it sleeps.</returns>
    internal unsafe bool TryTakeTurnIdle()
    {
        if (!ProcessorTimer.IsThere || !MayTakeTurn) return false;
        Cpu.CurrentArea()->IsIdle = 0;
        Cpu.EnableInterrupts();
        TryTakeTurn();
        Cpu.DisableInterrupts();
        return true;
    }

    // Seen without the lock: whether there is something to do.
    private bool MayTakeTurn =>
        !Volatile.Read(ref _isPaused) && (Volatile.Read(ref _readyCount) != 0 || (Volatile.Read(ref _nextTime) != 0 && Environment.TickCount64 >= _nextTime));

    private ReadyQueue QueueOf(int processor) => _queues[processor] ??= new ReadyQueue(processor);

    private Process? TakeFromLongest(int self)
    {
        ReadyQueue? longest = null;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            ReadyQueue? queue = _queues[number];
            if (number != self && queue != null && queue.Count > (longest == null ? 0 : longest.Count)) longest = queue;
        }

        return longest?.Take();
    }

    private int LeastBusy()
    {
        int best = 0;
        int least = int.MaxValue;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            if (!TakesTurns(number) || QueueOf(number).Load >= least) continue;
            best = number;
            least = QueueOf(number).Load;
        }

        return best;
    }

    // What a processor runs next that is to run it; a process's home when that takes turns.
    private void Enqueue(Process process)
    {
        int home = TakesTurns(process.Home) ? process.Home : LeastBusy();
        Put(process, home);
        WakeFor(home);
    }

    private void Put(Process process, int processor)
    {
        QueueOf(processor).Put(process);
        Volatile.Write(ref _readyCount, _readyCount + 1);
    }

    private void Unqueue(Process process)
    {
        QueueOf(process.Queue).Remove(process);
        _readyCount--;
    }

    // A process for which the kernel finds no memory where no call of its could fail for that is ended.
    private void TakeTurnOrEnd(Process process)
    {
        try
        {
            TakeTurn(process);
        }
        catch (Exception exception)
        {
            SystemCalls.ExpectShortage(exception);
            if (!IsEntered) Enter();
            End(process, Signal.Kill);
        }
    }

    private void TakeTurn(Process process)
    {
        process.MustLook = false;
        process.LookTime = 0;
        if (process.Alarm.IsSet && process.Alarm.TryRing(Environment.TickCount64)) process.Signals.TryAdd(SignalInfo.FromKernel(Signal.Alarm));
        if (CanTake(process)) Deliver(process);
        if (process.State is ProcessState.Ended or ProcessState.Stopped) return;
        if (process.State == ProcessState.Waiting && !_calls.TryServe(process)) return;
        process.Turns++;
        process.HasCollected = false;
        while (process.State == ProcessState.Runnable && !process.IsHeld && !_isPaused)
        {
            if (process.Signals.HasWork) Deliver(process);
            else if (!GoesOn(process, RunAndServe(process))) return;
        }
    }

    // What is done when a program has stopped; false when its turn is over.
    private unsafe bool GoesOn(Process process, ProcessStop stop)
    {
        if (stop == ProcessStop.SystemCall) return true;
        if (stop == ProcessStop.Interrupt)
        {
            bool isFirst = process.Processor == 0;
            if (process.Context->Reason != (isFirst ? (ulong)PIC.FirstVector : LocalApic.TimerVector)) return true; // Somebody asks this processor for something.
            process.Ticks++;
            if (isFirst) _hasTicked = true;
            return false;
        }

        if (stop == ProcessStop.BadAccess && process.LastFault is FaultOutcome.NoMemory or FaultOutcome.ResidentLimit)
        {
            MakeRoomOrEnd(process);
            return true;
        }

        SignalInfo info = FaultSignal.Of(process, stop);
        process.Signals.Force(in info);
        Deliver(process);
        if (process.State != ProcessState.Ended) return true;
        KernelMemory.Space.Load();
        FatalReport.Write(process, stop);
        return true;
    }

    // The lock is given back while the program runs. A call that throws ends its turn in the program, so that going on without one costs nothing.
    private ProcessStop RunAndServe(Process process)
    {
        Leave();
        try
        {
            ProcessStop stop = process.Run(_calls);
            Enter();
            return stop;
        }
        catch (Exception exception)
        {
            if (!IsEntered) Enter();
            _calls.Fail(process, exception);
            return ProcessStop.SystemCall;
        }
    }

    private void EndTurn(Process process)
    {
        process.Processor = Process.Nowhere;
        if (process == _awaited && process.State is ProcessState.Ended or ProcessState.Stopped && _firstIs == FirstProcessor.Sleeps) Interrupt(0);
        switch (process.State)
        {
            case ProcessState.Runnable:
                Put(process, process.Home); // This processor takes it again, or who has nothing to do: nobody has to be told.
                break;
            case ProcessState.Waiting when process.MustLook || CanTake(process): // It may let signals through while it waits.
                Put(process, process.Home);
                break;
            case ProcessState.Waiting:
                NoteTime(process.NextTime);
                break;
            case ProcessState.Ended:
                _hasNobodys = true;
                if (CrossCalls.Count > 1) KernelMemory.Space.Load(); // Another processor may be the one that destroys its tables.
                break;
        }
    }
}
