using MemOS.Hardware;
using MemOS.SelfTest;

namespace NarrowKernel;

/// <summary>Time for tests that end after a number of operations: only that it goes on matters.</summary>
internal sealed class TimestampMilliseconds : IWallClock
{
    private const ulong StepsPerMillisecond = 1_000_000;

    public ulong Milliseconds => Cpu.ReadTimestamp() / StepsPerMillisecond;
}
