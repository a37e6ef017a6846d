using System.Runtime;
using Cosmos.Core;

namespace Kit.Runtime.Platform;

/// <summary>Threads under the names that CoreLib, compiled for Windows, imports.</summary>
internal static unsafe class ThreadImports
{
    private const uint WaitFailed = 0xFFFF_FFFF;

    [RuntimeExport("CreateThread")]
    private static WaitObject* Create(void* attributes, nint stackBytes, void* entry, nint parameter, uint flags, uint* id)
    {
        // CoreLib asks for one that does not run yet, and then lets it run.
        if (id != null)
            *id = 0;
        return ThreadServices.Create(entry, (nuint)parameter, (nuint)stackBytes);
    }

    [RuntimeExport("RhGetThreadEntryPointAddress")]
    private static void* GetEntryPoint()
    {
        return CodeTargets.Get()->ThreadEntryPoint;
    }

    // CoreLib keeps the name; nobody else asks for it.
    [RuntimeExport("RhSetCurrentThreadName")]
    private static void SetCurrentName(char* name)
    {
    }

    [RuntimeExport("ResumeThread")]
    private static uint Resume(WaitObject* thread)
    {
        ThreadServices.Start(thread);
        return 1; // As often it had been stopped before.
    }

    // All threads are equal.
    [RuntimeExport("SetThreadPriority")]
    private static int SetPriority(nint thread, int priority)
    {
        return 1;
    }

    [RuntimeExport("GetThreadPriority")]
    private static int GetPriority(nint thread)
    {
        return 0;
    }

    [RuntimeExport("WaitForSingleObject")]
    private static uint WaitForSingle(WaitObject* handle, uint milliseconds)
    {
        return handle == null ? WaitFailed : EventImports.WaitAny(1, &handle, milliseconds);
    }

    [RuntimeExport("Sleep")]
    private static void Sleep(uint milliseconds)
    {
        const ulong NanosecondsPerMillisecond = 1_000_000;
        ulong start = Clock.Nanoseconds;
        while (Clock.Nanoseconds - start < milliseconds * NanosecondsPerMillisecond)
        {
            if (!ThreadServices.Yield())
                CPU.Pause();
        }
    }
}
