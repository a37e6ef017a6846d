using System;
using System.Collections.Generic;
using System.Threading;
using Cosmos.Core;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>What the shell does with processes: it runs on the first processor, which gives them turns while the shell waits.</content>
public sealed partial class ProcessTable
{
    /// <summary>Does something with the table under its lock, which is given back even when that throws.</summary>
    public void Do(Action action)
    {
        Exception? failure = null;
        Enter();
        try
        {
            action();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        LetGo();
        Leave();
        if (failure != null) throw failure;
    }

    /// <summary>Has nobody else forget the process called <paramref name="id"/>, when it is the shell's, before <see cref="RunUntilEnd"/>; null when there is none.</summary>
    public Process? Await(int id)
    {
        Enter();
        Process? process = Find(id);
        _awaited = process == null || process.ParentId != 0 ? null : process;
        Leave();
        return process;
    }

    /// <summary>The same of the first process that the shell started and that has not been forgotten; null when there is none.</summary>
    public Process? AwaitFirst()
    {
        Enter();
        _awaited = FirstOfShell();
        Leave();
        return _awaited;
    }

    /// <summary>Runs processes until <paramref name="process"/> has ended, or a signal has stopped it; how, as wait4 tells it.</summary>
    /// <remarks>It has the terminal meanwhile. When it was stopped, it goes on first; when it was never started, it is.</remarks>
    public int RunUntilEnd(Process process)
    {
        bool wasPaused = _isPaused;
        if (wasPaused) Resume();
        Enter();
        _awaited = process;
        Terminal.Live.Enter(process.GroupId);
        if (process.State == ProcessState.Stopped) SendToGroup(process.GroupId, Signal.Continue);
        if (!process.IsStarted) Start(process);
        BeginTurns();
        Leave();
        while (process.IsRunning || process.State is not ProcessState.Ended and not ProcessState.Stopped) TakeTurnOrWait();
        Enter();
        EndTurns();
        Terminal.Live.Leave();
        _awaited = null;
        int status = process.State == ProcessState.Ended ? process.ExitStatus : process.News;
        if (process.State == ProcessState.Ended) Bury(process);
        Leave();
        if (wasPaused) Pause();
        return status;
    }

    /// <summary>Makes a process with what <paramref name="file"/> has; it is not started. The lock is held.</summary>
    /// <returns>An error of <see cref="LinuxError"/>, or 0.</returns>
    public long TryLoad(Process process, in ArchiveEntry file, List<string> arguments, List<string> environment)
    {
        try
        {
            return ProgramLoader.Load(process, in file, arguments, environment, Random.NextWords());
        }
        catch (Exception exception)
        {
            SystemCalls.ExpectShortage(exception);
            return LinuxError.NoMemory;
        }
    }

    /// <summary>Runs processes until a key is pressed, or none is left; one has a turn even when keys come all the time.</summary>
    public void RunUntilKey()
    {
        if (_processes.Count == 0) return;
        Enter();
        BuryNobodys();
        BeginTurns();
        Leave();
        bool hasRun = TryTakeTurn();
        while (_processes.Count != 0 && !Console.KeyAvailable)
        {
            if (!hasRun) Sleep();
            hasRun = TryTakeTurn();
        }

        Enter();
        EndTurns();
        Leave();
    }

    private void BeginTurns()
    {
        _firstIs = FirstProcessor.TakesTurns;
        IdleTick.Begin();
    }

    private void EndTurns()
    {
        _firstIs = FirstProcessor.Elsewhere;
        IdleTick.Stop();
        KernelMemory.Space.Load();
        if (QueueOf(0).Count != 0) WakeIdle(); // Somebody else has to run them.
    }

    // Keys are looked for when the timer has ticked: not after each turn, which may be a few instructions long.
    private void TakeTurnOrWait()
    {
        bool hasRun = TryTakeTurn();
        if (!hasRun || _hasTicked) ServeTerminal();
        if (!hasRun) Sleep();
    }

    // Who puts a process into a queue sees that this processor sleeps, or this one sees the process.
    private void Sleep()
    {
        _firstIs = FirstProcessor.Sleeps;
        Interlocked.MemoryBarrier();
        if (!MayTakeTurn) IdleTick.Wait();
        _firstIs = FirstProcessor.TakesTurns;
    }

    private void ServeTerminal()
    {
        _hasTicked = false;
        if (!Console.KeyAvailable) return;
        Enter();
        int signal = Terminal.Live.Poll();
        if (signal != 0) SendToGroup(Terminal.Live.Foreground, signal);
        Leave();
    }
}
