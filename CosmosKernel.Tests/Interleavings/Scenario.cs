using System;
using System.Runtime.InteropServices;

namespace MemOS.Tests.Interleavings;

/// <summary>What some processors do with words that they share; made anew for every order of their steps.</summary>
public abstract unsafe class Scenario : IDisposable
{
    private void* _words;

    /// <summary>How many processors there are.</summary>
    public virtual int Processors => 2;

    /// <summary>What a processor does.</summary>
    public abstract void Run(int processor);

    /// <summary>What is wrong when all have ended and their writes are seen; null when nothing is.</summary>
    public virtual string? Check() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Memory for a shared structure, zero at first, that stays where it is; once a scenario.</summary>
    protected T* Share<T>()
        where T : unmanaged
    {
        _words = NativeMemory.AllocZeroed((nuint)sizeof(T));
        return (T*)_words;
    }

    /// <summary>Gives back what the scenario has.</summary>
    protected virtual void Dispose(bool disposing)
    {
        NativeMemory.Free(_words);
        _words = null;
    }
}
