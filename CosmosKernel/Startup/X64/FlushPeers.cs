using System.Runtime.InteropServices;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Memory.Tlb;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The machine's processors, as flushes need them. One that does not answer is reported with its state, and the kernel stops.</summary>
public readonly unsafe struct FlushPeers : IFlushPeers
{
    private const ulong LimitSeconds = 2;

    private static SharedWords s_words;

    /// <inheritdoc/>
    public ProcessorTlb* Own => LocalTlb.Own;

    /// <inheritdoc/>
    public int Count => CrossCalls.Count;

    /// <inheritdoc/>
    public ref ulong KernelFlushes => ref s_words.KernelFlushes;

    /// <inheritdoc/>
    public ref int Present => ref s_words.Present;

    /// <inheritdoc/>
    public ulong Now => Clock.Ticks;

    /// <inheritdoc/>
    public ProcessorTlb* Of(int number) => (ProcessorTlb*)CrossCalls.AreaOf(CpuId.FromTrusted(number))->Locals.Translations;

    /// <inheritdoc/>
    public void Interrupt(int number) => LocalApic.Send(CrossCalls.AreaOf(CpuId.FromTrusted(number))->ApicId, LocalApic.CallVector);

    /// <inheritdoc/>
    public void Wait(CpuId number, ulong since)
    {
        CrossCalls.Serve();
        Cpu.Pause();
        if (Clock.Ticks - since > Clock.Frequency * LimitSeconds) Report(number);
    }

    // What it still uses cannot be given to anybody.
    private static void Report(CpuId number)
    {
        ProcessorArea* area = CrossCalls.AreaOf(number);
        Text<StopSink> text = new(default);
        text.Write("\nprocessor ");
        text.WriteDecimal((uint)number.Value);
        text.Write(": phase ");
        text.WriteDecimal((uint)area->Phase);
        text.Write(", ranks of locks held ");
        text.WriteHex(area->HeldRanks);
        text.Write(", interrupts nested ");
        text.WriteDecimal((uint)area->Depth);
        bool isKnown = CrossCalls.TryFind(number, out VirtAddr place);
        text.Write(isKnown ? ", is at " : ", does not say where it is");
        if (isKnown) text.WriteHex(place.Value);
        text.Write("\n");
        KernelStop.Panic("processor ", (ulong)number.Value, " does not answer: it may use memory that is to be freed");
    }

    // In lines of the cache that nothing else is written to.
    [StructLayout(LayoutKind.Explicit, Size = 4 * ProcessorTlb.Alignment)]
    private struct SharedWords
    {
        [FieldOffset(ProcessorTlb.Alignment)]
        public ulong KernelFlushes;

        [FieldOffset(2 * ProcessorTlb.Alignment)]
        public int Present;
    }
}
