using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>What the class library asks about the thread that runs.</summary>
internal static unsafe class Threads
{
    // The class library's own, the same for all threads.
    private static delegate* unmanaged<void> s_exitCallback;

    /// <summary>What is kept of the thread that runs.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitCurrentThread")]
    public static extern ThreadBlock* Current();

    // The storage is a word outside the heap: CoreLib makes the arrays in it as they are first needed.
    [RuntimeExport("RhGetThreadStaticStorage")]
    private static nint* GetThreadStaticStorage()
    {
        return (nint*)&Current()->Statics;
    }

    [RuntimeExport("RhCurrentNativeThreadId")]
    private static nint CurrentNativeThreadId()
    {
        return (nint)Current()->Id;
    }

    [RuntimeExport("RhCurrentOSThreadId")]
    private static ulong CurrentOsThreadId()
    {
        return Current()->Id;
    }

    [RuntimeExport("RhGetProcessCpuCount")]
    private static int GetProcessCpuCount()
    {
        return ThreadServices.ProcessorCount();
    }

    [RuntimeExport("RhGetDefaultStackSize")]
    private static nint GetDefaultStackSize()
    {
        return (nint)(ImageLayout.Get()->BootStackTop - ImageLayout.Get()->BootStackBottom);
    }

    [RuntimeExport("RhGetCurrentThreadStackBounds")]
    private static void GetCurrentThreadStackBounds(nuint* low, nuint* high)
    {
        *high = (nuint)Current()->StackTop;
        *low = (nuint)Current()->StackBottom;
    }

    [RuntimeExport("RhSetThreadExitCallback")]
    private static void SetThreadExitCallback(void* callback)
    {
        s_exitCallback = (delegate* unmanaged<void>)callback;
    }

    /// <summary>Installs what runs threads.</summary>
    public static void Install()
    {
        ThreadServices.RunHook = &Run;
    }

    private static void Run(void* entry, nuint parameter)
    {
        ((delegate* unmanaged<nint, uint>)entry)((nint)parameter);
        if (s_exitCallback != null)
            s_exitCallback();
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
        return ThreadServices.Yield();
    }

    [RuntimeExport("RhGetKnobValues")]
    private static uint GetKnobValues(byte*** keys, byte*** values)
    {
        *keys = null;
        *values = null;
        return 0;
    }
}
