using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kit.Runtime;

/// <summary>Stack walks that no exception started.</summary>
internal static unsafe class StackTraces
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitCaptureContext")]
    private static extern void CaptureContext(LimitedContext* context);

    /// <summary>Fills <paramref name="addresses"/> with the return addresses of the caller, its caller and so on.</summary>
    /// <returns>How many frames there are up to <paramref name="capacity"/>.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Capture(byte** addresses, int capacity)
    {
        LimitedContext context;
        CaptureContext(&context);
        return Walk(&context, atFault: false, addresses, capacity);
    }

    /// <summary>The same from given registers.</summary>
    public static int Walk(LimitedContext* context, bool atFault, byte** addresses, int capacity)
    {
        StackFrameIterator iterator = default;
        int count = 0;
        for (bool isValid = iterator.Start(context, atFault); isValid && count < capacity; isValid = iterator.TryNext(out _))
            addresses[count++] = iterator.ControlPc;
        return count;
    }

    // The caller's address tells where CoreLib's own frames end; all frames are given when it is 0.
    [RuntimeExport("RhpGetCurrentThreadStackTrace")]
    private static int GetCurrentThreadStackTrace(byte** buffer, uint length, nuint addressInCurrentFrame)
    {
        LimitedContext context;
        CaptureContext(&context);
        StackFrameIterator iterator = default;
        uint total = 0;
        for (bool isValid = iterator.Start(&context, atFault: false); isValid; isValid = iterator.TryNext(out _))
        {
            if (iterator.StackPointer < addressInCurrentFrame)
                continue;
            if (total < length)
                buffer[total] = iterator.OriginalControlPc;
            total++;
        }

        return total <= length ? (int)total : -(int)total;
    }
}
