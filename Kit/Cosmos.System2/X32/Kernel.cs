using Cosmos.Debug.Kernel;

namespace Cosmos.System;

/// <summary>A user kernel, as the installed kit knows it: signatures to compile against, without bodies.</summary>
public abstract class Kernel
{
    /// <summary>Sends messages to a debugger.</summary>
    public readonly Debugger mDebugger = new("Kernel");

    /// <summary>Whether <see cref="Start"/> was called.</summary>
    protected bool mStarted;

    /// <summary>Whether <see cref="Stop"/> was called.</summary>
    protected bool mStopped;

    /// <summary>Brings the machine up, then OnBoot, BeforeRun, Run until <see cref="Stop"/>, AfterRun.</summary>
    public virtual void Start() => throw null!;

    /// <summary>Ends the loop.</summary>
    public void Stop() => mStopped = true;

    /// <summary>Sends a message to a debugger.</summary>
    public static void PrintDebug(string message) => throw null!;

    /// <summary>Starts the screen and the drivers.</summary>
    protected virtual void OnBoot() => throw null!;

    /// <summary>Runs once, before the loop.</summary>
    protected virtual void BeforeRun()
    {
    }

    /// <summary>Runs over and over.</summary>
    protected abstract void Run();

    /// <summary>Runs once, after the loop.</summary>
    protected virtual void AfterRun()
    {
    }
}
