using System;
using System.Runtime.InteropServices;
using System.Threading;
using MemOS.Hardware;

namespace MemOS.Tests.Fakes;

/// <summary>A thread of the host as a processor: it has what is a processor's own for itself, unless it takes another's place.</summary>
public readonly unsafe struct HostProcessor : IProcessor
{
    private static int s_count;

    [ThreadStatic]
    private static ProcessorLocals* t_locals;

    public ProcessorLocals* Current => t_locals != null ? t_locals : t_locals = Make(Interlocked.Increment(ref s_count) - 1);

    public ref uint HeldRanks => ref default(HostGuard).HeldRanks;

    /// <summary>A processor that no thread is yet. It stays for ever, as memory of processors does.</summary>
    public static ProcessorLocals* Make(int number)
    {
        ProcessorLocals* locals = (ProcessorLocals*)NativeMemory.AlignedAlloc((nuint)sizeof(ProcessorLocals), 64);
        *locals = default;
        locals->Number = number;
        return locals;
    }

    /// <summary>From now on this thread is the processor that has <paramref name="locals"/>.</summary>
    public static void Become(ProcessorLocals* locals) => t_locals = locals;

    public bool Enter() => default(HostGuard).Enter();

    public void Leave(bool wereOn) => default(HostGuard).Leave(wereOn);

    public void Wait() => default(HostGuard).Wait();
}
