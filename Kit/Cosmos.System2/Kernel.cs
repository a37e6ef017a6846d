using Cosmos.Core;
using Cosmos.Debug.Kernel;

namespace Cosmos.System;

/// <summary>A user kernel: derive from it, and the compiler makes the one object of that class at the start.</summary>
public abstract class Kernel
{
    /// <summary>Sends messages to whoever watches the kernel from outside.</summary>
    public readonly Debugger mDebugger = new("User", "Kernel");

    private bool _isStarted;
    private bool _isStopped;

    /// <summary>Brings the hardware up, then calls OnBoot, BeforeRun, Run until <see cref="Stop"/>, AfterRun. Never returns.</summary>
    public virtual void Start()
    {
        if (_isStarted)
            Panic.Stop("the kernel was started twice");
        _isStarted = true;

        mDebugger.Send("starting");
        Bootstrap.Init();
        OnBoot();
        BeforeRun();
        while (!_isStopped)
        {
            Run();
            GCServices.RunFinalizers();
        }

        AfterRun();
        mDebugger.Send("stopped");
        CPU.StopForever();
    }

    /// <summary>Ends the loop after this round of <see cref="Run"/>.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Sends a message to whoever watches the kernel from outside.</summary>
    public static void PrintDebug(string aMessage) => new Debugger("User", "Kernel").Send(aMessage);

    /// <summary>Sets up what the kernel needs of the system; the first thing that runs once the hardware is up.</summary>
    protected virtual void OnBoot()
    {
    }

    /// <summary>Runs once, before the loop.</summary>
    protected virtual void BeforeRun()
    {
    }

    /// <summary>Runs over and over until <see cref="Stop"/>.</summary>
    protected abstract void Run();

    /// <summary>Runs once, after the loop.</summary>
    protected virtual void AfterRun()
    {
    }
}
