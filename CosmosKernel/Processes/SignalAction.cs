using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>What a program wants done when a signal comes, as it hands it over: the kernel's struct sigaction of x86-64 (sigaction(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct SignalAction
{
    private const ulong DefaultHandler = 0;
    private const ulong IgnoringHandler = 1;
    private const ulong NoChildStopFlag = 0x1;
    private const ulong NoChildWaitFlag = 0x2;
    private const ulong RestorerFlag = 0x0400_0000;
    private const ulong OnStackFlag = 0x0800_0000;
    private const ulong RestartFlag = 0x1000_0000;
    private const ulong NoDeferFlag = 0x4000_0000;
    private const ulong KnownFlags = 0xDC00_0807;
    private const ulong ResetFlag = 0x8000_0000;

    /// <summary>All of it.</summary>
    /// <param name="handler">The function's address; 0 is what the signal does by itself, 1 nothing.</param>
    /// <param name="flags">SA_ flags.</param>
    /// <param name="restorer">Where the function returns to.</param>
    /// <param name="mask">What is blocked meanwhile.</param>
    public SignalAction(ulong handler, ulong flags, ulong restorer, SignalSet mask)
    {
        Handler = handler;
        Flags = flags;
        Restorer = restorer;
        Mask = mask.Without(Signal.Unstoppable);
    }

    /// <summary>The same, checked: what cannot be blocked is not, and flags that there are not are not set, as in Linux.</summary>
    public SignalAction Checked => new(Handler, Flags & KnownFlags, Restorer, Mask);

    /// <summary>That nothing is done.</summary>
    public static SignalAction Ignoring => new(IgnoringHandler, 0, 0, SignalSet.None);

    /// <summary>The function's address.</summary>
    public ulong Handler { get; }

    /// <summary>SA_ flags.</summary>
    public ulong Flags { get; }

    /// <summary>Where the function returns to.</summary>
    public ulong Restorer { get; }

    /// <summary>What is blocked while the function runs.</summary>
    public SignalSet Mask { get; }

    /// <summary>Whether the signal does what it does by itself.</summary>
    public bool IsDefault => Handler == DefaultHandler;

    /// <summary>Whether the program said that nothing be done.</summary>
    public bool IsIgnoring => Handler == IgnoringHandler;

    /// <summary>Whether the program said where the function returns to; on x86-64 it must (SA_RESTORER).</summary>
    public bool HasRestorer => (Flags & RestorerFlag) != 0;

    /// <summary>Whether the function runs on the alternate stack (SA_ONSTACK).</summary>
    public bool IsOnStack => (Flags & OnStackFlag) != 0;

    /// <summary>Whether a call that was waiting is made again (SA_RESTART).</summary>
    public bool Restarts => (Flags & RestartFlag) != 0;

    /// <summary>Whether the signal is not blocked while the function runs (SA_NODEFER).</summary>
    public bool IsNotDeferred => (Flags & NoDeferFlag) != 0;

    /// <summary>Whether the function is called once (SA_RESETHAND).</summary>
    public bool IsOnce => (Flags & ResetFlag) != 0;

    /// <summary>Of SIGCHLD: whether stopped children are not told of (SA_NOCLDSTOP).</summary>
    public bool SkipsStops => (Flags & NoChildStopFlag) != 0;

    /// <summary>Of SIGCHLD: whether nobody asks how children ended (SA_NOCLDWAIT).</summary>
    public bool SkipsWaits => (Flags & NoChildWaitFlag) != 0 || IsIgnoring;
}
