using System;
using System.Threading;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <content>Waking: processes that wait for something that has come, and processors that sleep.</content>
public sealed partial class ProcessTable
{
    private FirstProcessor _firstIs;
    private bool _isPaused;
    private long _nextTime; // Nothing that a process waits for comes before, in milliseconds since power-on; 0 for never.

    /// <summary>Has a process that waits look again, or one that can go on have a turn. The lock is held.</summary>
    public void Wake(Process process)
    {
        if (process.State is not ProcessState.Runnable and not ProcessState.Waiting) return;
        process.MustLook = true;
        if (!process.IsRunning && process.Queue == Process.Nowhere && process.IsStarted) Enqueue(process);
    }

    /// <summary>Has the parent of a process look, when it waits for a child.</summary>
    public void WakeParent(Process child)
    {
        Process? parent = child.ParentId == 0 ? null : Find(child.ParentId);
        if (parent != null && parent.State == ProcessState.Waiting && parent.Awaited == AwaitedEvent.Child) Wake(parent);
    }

    /// <summary>Has no processor run a process, nor who shares its memory, until <see cref="LetGo"/>. The lock is held before and after, but not all the time.</summary>
    public void Hold(Process process)
    {
        bool isHeld = false;
        while (!isHeld)
        {
            isHeld = true;
            for (int index = 0; index < _processes.Count; index++)
            {
                Process other = _processes[index];
                if (!other.SharesMemoryOf(process)) continue;
                if (other.IsRunning) isHeld = false;
                if (other.IsRunning && !other.IsHeld) Interrupt(other.Processor);
                other.IsHeld = true;
            }

            if (!isHeld) GiveWay();
        }
    }

    /// <summary>Lets all go on that are held. The lock is held.</summary>
    public void LetGo()
    {
        for (int index = 0; index < _processes.Count; index++)
        {
            Process process = _processes[index];
            if (!process.IsHeld) continue;
            process.IsHeld = false;
            if (process.Queue != Process.Nowhere) WakeFor(process.Queue);
        }
    }

    /// <summary>Has no process run until <see cref="Resume"/>, or while one is awaited; returns when none does.</summary>
    public void Pause()
    {
        Enter();
        _isPaused = true;
        for (int index = 0; index < _processes.Count; index++)
        {
            if (_processes[index].IsRunning) Interrupt(_processes[index].Processor);
        }

        while (HasRunning()) GiveWay();
        Leave();
    }

    /// <summary>Lets them run again.</summary>
    public void Resume()
    {
        Enter();
        _isPaused = false;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            if (QueueOf(number).Count != 0) WakeFor(number);
        }

        Leave();
    }

    private bool HasRunning()
    {
        for (int index = 0; index < _processes.Count; index++)
        {
            if (_processes[index].IsRunning) return true;
        }

        return false;
    }

    // Lets others have the lock for a moment.
    private void GiveWay()
    {
        Leave();
        Cpu.Pause();
        Enter();
    }

    private void WakeForFiles()
    {
        for (int index = 0; index < _processes.Count; index++)
        {
            Process process = _processes[index];
            bool waits = process.State == ProcessState.Waiting && process.Awaited == AwaitedEvent.File;
            if (waits && FileChanges.Concern(process.AwaitedSource)) Wake(process);
        }

        FileChanges.Forget();
    }

    // Those whose time has come.
    private void WakeByTime()
    {
        if (_nextTime == 0) return;
        long now = Environment.TickCount64;
        if (now < _nextTime) return;
        _nextTime = 0;
        for (int index = 0; index < _processes.Count; index++)
        {
            Process process = _processes[index];
            if (process.State != ProcessState.Waiting || process.IsRunning || process.Queue != Process.Nowhere) continue;
            long time = process.NextTime;
            if (time != 0 && time <= now) Wake(process);
            else NoteTime(time);
        }
    }

    private void NoteTime(long time)
    {
        if (time == 0) return;
        Volatile.Write(ref _nextTime, Process.Earlier(_nextTime, time));
    }

    private static bool IsWoken(int processor) => ProcessorTimer.IsThere && CrossCalls.IsRunning(CpuId.FromTrusted(processor));

    private bool TakesTurns(int processor) => processor == 0 ? _firstIs != FirstProcessor.Elsewhere : IsWoken(processor);

    // After something was put into the queue of a processor: it, or another that has nothing to do, is to look.
    private void WakeFor(int processor)
    {
        Interlocked.MemoryBarrier();
        bool isOwn = processor == CrossCalls.Current.Value;
        if (!isOwn && Sleeps(processor)) Interrupt(processor);
        else if (!isOwn || QueueOf(processor).Load > 1) WakeIdle();
    }

    private void WakeIdle()
    {
        Interlocked.MemoryBarrier();
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            if (!Sleeps(number)) continue;
            Interrupt(number);
            return;
        }
    }

    private bool Sleeps(int processor) => processor == 0 ? _firstIs == FirstProcessor.Sleeps : IsWoken(processor) && IsAsleep(processor);

    private static unsafe bool IsAsleep(int processor) => Volatile.Read(ref CrossCalls.AreaOf(CpuId.FromTrusted(processor))->IsIdle) != 0;

    // Takes it out of its sleep, or out of the program that it runs.
    private static unsafe void Interrupt(int processor)
    {
        if (processor != CrossCalls.Current.Value) LocalApic.Send(CrossCalls.AreaOf(CpuId.FromTrusted(processor))->ApicId, LocalApic.CallVector);
    }
}
