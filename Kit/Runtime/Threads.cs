using System.Runtime;
using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>The thread that there is: the one that boots and runs the kernel.</summary>
internal static unsafe class Threads
{
    // The storage is a word outside the heap: CoreLib makes the arrays in it as they are first needed.
    [RuntimeExport("RhGetThreadStaticStorage")]
    private static nint* GetThreadStaticStorage()
    {
        return CodeTargets.Get()->ThreadStatics;
    }

    [RuntimeExport("RhCurrentNativeThreadId")]
    private static nint CurrentNativeThreadId()
    {
        return 1;
    }

    [RuntimeExport("RhCurrentOSThreadId")]
    private static ulong CurrentOsThreadId()
    {
        return 1;
    }

    [RuntimeExport("RhGetProcessCpuCount")]
    private static int GetProcessCpuCount()
    {
        return 1;
    }

    [RuntimeExport("RhGetDefaultStackSize")]
    private static nint GetDefaultStackSize()
    {
        return (nint)(ImageLayout.Get()->BootStackTop - ImageLayout.Get()->BootStackBottom);
    }

    [RuntimeExport("RhGetCurrentThreadStackBounds")]
    private static void GetCurrentThreadStackBounds(nuint* low, nuint* high)
    {
        *high = (nuint)ImageLayout.Get()->BootStackTop;
        *low = (nuint)ImageLayout.Get()->BootStackBottom;
    }

    [RuntimeExport("RhSetThreadExitCallback")]
    private static void SetThreadExitCallback(void* callback)
    {
    }

    [RuntimeExport("RhpSetThreadDoNotTriggerGC")]
    private static void SetThreadDoNotTriggerGc()
    {
    }

    [RuntimeExport("RhSpinWait")]
    private static void SpinWait(int iterations)
    {
        for (int i = 0; i < iterations; i++)
            CPU.Pause();
    }

    [RuntimeExport("RhYield")]
    private static bool Yield()
    {
        return false;
    }

    [RuntimeExport("RhGetKnobValues")]
    private static uint GetKnobValues(byte*** keys, byte*** values)
    {
        *keys = null;
        *values = null;
        return 0;
    }
}
