using System;
using MemOS.Collections;

namespace MemOS.Tests.Interleavings;

/// <summary>A processor whose steps an <see cref="Explorer"/> orders, as locks need it.</summary>
public readonly struct ExploredProcessor : ILockGuard
{
    [ThreadStatic]
    private static uint t_heldRanks;

    /// <inheritdoc/>
    public ref uint HeldRanks => ref t_heldRanks;

    /// <summary>Holds nothing, as at the beginning.</summary>
    public static void Reset() => t_heldRanks = 0;

    /// <inheritdoc/>
    public bool Enter() => false;

    /// <inheritdoc/>
    public void Leave(bool wereOn)
    {
    }

    /// <inheritdoc/>
    public void Wait() => Execution.Current.Wait();
}
