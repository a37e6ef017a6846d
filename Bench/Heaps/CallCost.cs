using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemOS.Lab;

namespace MemOS.Bench.Heaps;

/// <summary>What a call through a pointer costs that does nothing: of MemOS's heaps, and of a C library's.</summary>
internal static unsafe class CallCost
{
    private const int Calls = 1_000_000;
    private const int Rounds = 9;

    /// <summary>Nanoseconds of a call of each kind, loop included, the least of some rounds.</summary>
    public static (double Managed, double Native) Measure()
    {
        delegate*<int, int> managed = &Nothing;
        nint library = HostLibrary.Load("libc.so.6");
        delegate* unmanaged[SuppressGCTransition]<int, int> native = (delegate* unmanaged[SuppressGCTransition]<int, int>)NativeLibrary.GetExport(library, "toascii");
        (double Managed, double Native) least = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            least.Managed = Math.Min(least.Managed, Time(managed));
            least.Native = Math.Min(least.Native, Time(native));
        }

        return least;
    }

    private static double Time(delegate*<int, int> call)
    {
        double start = ThreadClock.Nanoseconds;
        int value = 1;
        for (int i = 0; i < Calls; i++) value = call(value);
        return Nanoseconds(start, value);
    }

    private static double Time(delegate* unmanaged[SuppressGCTransition]<int, int> call)
    {
        double start = ThreadClock.Nanoseconds;
        int value = 1;
        for (int i = 0; i < Calls; i++) value = call(value);
        return Nanoseconds(start, value);
    }

    // The value is 1 all the time: as a factor it keeps the calls in the loop.
    private static double Nanoseconds(double start, int value) => (ThreadClock.Nanoseconds - start) / Calls * value;

    // As toascii does, so that both calls do the same.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Nothing(int value) => value & 0x7F;
}
