using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The stacks that others use while this processor has them stand still: those of processors, and of threads that wait for their turn.</summary>
internal static unsafe class OtherStacks
{
    /// <summary>Hands <paramref name="visit"/> each stack: from where its last words are, the registers among them, up to its top.</summary>
    internal static void Visit(delegate*<void*, void*, void> visit)
    {
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            ProcessorArea* area = CrossCalls.AreaOf(cpu);
            if (SafePoints.IsParked(cpu)) visit((void*)area->ParkedStack, area->Thread.StackTop);
        }

        for (KernelThread* thread = KernelThreads.All; thread != null; thread = thread->NextOfAll)
        {
            if (thread->Processor == KernelThread.NoProcessor) visit((void*)thread->StackPointer, thread->Block.StackTop);
        }
    }
}
