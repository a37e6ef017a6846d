using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <content>x86-64: what other processors, which stand still, have of objects.</content>
public static unsafe partial class ObjectMemory
{
    private static bool AreOthersOnTheirStacks
    {
        get
        {
            for (int number = 0; number < CrossCalls.Count; number++)
            {
                CpuId cpu = CpuId.FromTrusted(number);
                ProcessorArea* area = CrossCalls.AreaOf(cpu);
                if (SafePoints.IsParked(cpu) && !IsOnStack((byte*)area->ParkedStack, in area->Thread)) return false;
            }

            return true;
        }
    }

    private static byte* TopOfStack(byte* stackPointer, in RootRegions regions)
    {
        _ = regions;
        ProcessorArea* area = Cpu.CurrentArea();
        return IsOnStack(stackPointer, in area->Thread) ? area->Thread.StackTop : null;
    }

    private static bool IsOnStack(byte* stackPointer, in ThreadBlock thread) => stackPointer >= thread.StackBottom && stackPointer < thread.StackTop;

    // Of those that are not in the midst of taking an object.
    private static void RetireOthersRuns()
    {
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            ProcessorArea* area = CrossCalls.AreaOf(cpu);
            if (SafePoints.IsParked(cpu) && area->IsClean != 0) KernelMemory.Objects.RetireRuns(&area->Locals);
        }
    }

    private static void MarkThreadStatics(in RootRegions regions)
    {
        _ = regions;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            void* statics = (void*)CrossCalls.AreaOf(CpuId.FromTrusted(number))->Thread.Statics;
            if (statics != null) KernelMemory.Objects.MarkReference(statics);
        }

        for (KernelThread* thread = KernelThreads.All; thread != null; thread = thread->NextOfAll)
        {
            bool isWaiting = thread->Processor == KernelThread.NoProcessor && thread->Block.Statics != 0;
            if (isWaiting) KernelMemory.Objects.MarkReference((void*)thread->Block.Statics);
        }
    }
}
