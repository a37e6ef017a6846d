using System;
using MemOS.Hardware;

namespace MemOS.Tests.Interleavings;

/// <summary>A processor whose steps an <see cref="Explorer"/> orders, as allocators need it.</summary>
public readonly unsafe struct ExploredLocals : IProcessor
{
    [ThreadStatic]
    private static ProcessorLocals* t_locals;

    /// <inheritdoc/>
    public ProcessorLocals* Current => t_locals;

    /// <inheritdoc/>
    public ref uint HeldRanks => ref default(ExploredProcessor).HeldRanks;

    /// <summary>From now on this thread is the processor that has <paramref name="locals"/>, and holds no lock.</summary>
    public static void Become(ProcessorLocals* locals)
    {
        t_locals = locals;
        ExploredProcessor.Reset();
    }

    /// <inheritdoc/>
    public bool Enter() => false;

    /// <inheritdoc/>
    public void Leave(bool wereOn)
    {
    }

    /// <inheritdoc/>
    public void Wait() => default(ExploredProcessor).Wait();
}
