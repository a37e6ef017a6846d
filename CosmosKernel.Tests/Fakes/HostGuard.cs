using System;
using System.Threading;
using MemOS.Collections;

namespace MemOS.Tests.Fakes;

/// <summary>A thread of the host as a processor.</summary>
public readonly struct HostGuard : ILockGuard
{
    [ThreadStatic]
    private static uint t_heldRanks;

    [ThreadStatic]
    private static int t_masked;

    public ref uint HeldRanks => ref t_heldRanks;

    /// <summary>How many locks have masked this thread's interrupts.</summary>
    public static int Masked => t_masked;

    public bool Enter() => t_masked++ == 0;

    public void Leave(bool wereOn)
    {
        t_masked--;
        if (wereOn != (t_masked == 0)) throw new InvalidOperationException("interrupts are let through too early or too late");
    }

    public void Wait() => Thread.Yield();
}
