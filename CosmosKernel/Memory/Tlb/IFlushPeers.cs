using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>The processors, as flushes need them: areas and interrupts in the machine, threads or steps in tests.</summary>
/// <remarks>Used as a struct type parameter; a copy stands for the same processors.</remarks>
public unsafe interface IFlushPeers
{
    /// <summary>What the processor that runs this has.</summary>
    ProcessorTlb* Own { get; }

    /// <summary>How many processors have a number: those below it.</summary>
    int Count { get; }

    /// <summary>How many flushes of the kernel's half there were; a word that all share.</summary>
    ref ulong KernelFlushes { get; }

    /// <summary>How many processors have begun to run; a word that all share.</summary>
    ref int Present { get; }

    /// <summary>What processor <paramref name="number"/> has.</summary>
    ProcessorTlb* Of(int number);

    /// <summary>Makes a processor look at what it is asked, as soon as it lets interrupts through.</summary>
    void Interrupt(int number);

    /// <summary>The time, for <see cref="Wait"/>.</summary>
    ulong Now { get; }

    /// <summary>Passes a moment while <paramref name="number"/> has not answered; does not return when it never will.</summary>
    /// <param name="number">Who is waited for.</param>
    /// <param name="since">When that began.</param>
    void Wait(CpuId number, ulong since);
}
