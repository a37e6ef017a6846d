using System.Runtime;
using Cosmos.Core;
using Cosmos.Core.Memory;

namespace Kit.Runtime.Platform;

/// <summary>Event objects and waiting for them: by looking again and again, some times at once, then after other threads have run.</summary>
internal static unsafe class EventImports
{
    private const nint CurrentProcess = -1;
    private const nint CurrentThread = -2;
    private const int LooksBeforeYield = 32;
    private const uint ManualResetFlag = 1;
    private const uint InitiallySetFlag = 2;
    private const uint WaitTimeout = 258;
    private const uint WaitFailed = 0xFFFF_FFFF;
    private const uint Infinite = 0xFFFF_FFFF;

    [RuntimeExport("CreateEventExW")]
    private static WaitObject* Create(void* attributes, char* name, uint flags, uint access)
    {
        WaitObject* created = (WaitObject*)Heap.Alloc((uint)sizeof(WaitObject));
        if (created == null)
            return null;
        created->IsManualReset = (flags & ManualResetFlag) != 0 ? 1 : 0;
        created->IsSet = (flags & InitiallySetFlag) != 0 ? 1 : 0;
        return created;
    }

    [RuntimeExport("SetEvent")]
    private static int Set(WaitObject* handle)
    {
        System.Threading.Volatile.Write(ref handle->IsSet, 1);
        return 1;
    }

    [RuntimeExport("ResetEvent")]
    private static int Reset(WaitObject* handle)
    {
        System.Threading.Volatile.Write(ref handle->IsSet, 0);
        return 1;
    }

    [RuntimeExport("CloseHandle")]
    private static int Close(nint handle)
    {
        // Not an event: 0, and what stands for this process and this thread. The heap's addresses are negative numbers as a rule.
        if (handle is 0 or CurrentProcess or CurrentThread)
            return 1;
        if (((WaitObject*)handle)->IsThread != 0)
            ThreadServices.Close((WaitObject*)handle);
        else
            Heap.Free((void*)handle);
        return 1;
    }

    [RuntimeExport("DuplicateHandle")]
    private static int Duplicate(nint fromProcess, nint handle, nint toProcess, nint* result, uint access, int inherit, uint options)
    {
        *result = handle;
        return 1;
    }

    [RuntimeExport("WaitForMultipleObjectsEx")]
    private static uint WaitForMultiple(uint count, WaitObject** handles, int waitAll, uint milliseconds, int alertable)
    {
        if (waitAll != 0 && count > 1)
            return WaitFailed;
        return WaitAny(count, handles, milliseconds);
    }

    [RuntimeExport("RhCompatibleReentrantWaitAny")]
    private static uint CompatibleReentrantWaitAny(int alertable, uint milliseconds, int count, WaitObject** handles)
    {
        return WaitAny((uint)count, handles, milliseconds);
    }

    /// <summary>Waits until one of some is set; which one, or that the time is over.</summary>
    internal static uint WaitAny(uint count, WaitObject** handles, uint milliseconds)
    {
        ulong nanoseconds = milliseconds * 1_000_000ul;
        ulong start = Clock.Nanoseconds;
        for (int looks = 0; ; looks++)
        {
            for (uint i = 0; i < count; i++)
            {
                if (TryTake(handles[i]))
                    return i;
            }

            if (milliseconds != Infinite && Clock.Nanoseconds - start >= nanoseconds)
                return WaitTimeout;
            if (looks < LooksBeforeYield || !ThreadServices.Yield())
                CPU.Pause();
        }
    }

    // An event that is reset by who it wakes wakes one, whoever else waits for it on another processor.
    private static bool TryTake(WaitObject* handle)
    {
        // What stands for a thread that is no kernel's own: it never ends.
        if ((nint)handle is CurrentProcess or CurrentThread)
            return false;
        if (System.Threading.Volatile.Read(ref handle->IsSet) == 0)
            return false;
        return handle->IsManualReset != 0 || System.Threading.Interlocked.Exchange(ref handle->IsSet, 0) != 0;
    }
}
