namespace Cosmos.Core;

/// <summary>Lets the processor sleep between two looks at a device that is polled: channel 0 of the 8254 timer wakes it.</summary>
/// <remarks>
/// The tick comes a thousand times a second and only while somebody waits: in a millisecond a serial line at 115,200 baud
/// brings 12 bytes, which its 16-byte buffer holds.
/// </remarks>
public static class IdleTick
{
    private const int ChannelPort = 0x40;
    private const int CommandPort = 0x43;
    private const byte RateGenerator = 0x34;
    private const int TimerLine = 0;
    private const ushort StepsPerTick = 1193;

    private static bool s_isRunning;

    /// <summary>Lets other threads run, or sleeps until the next interrupt, at most about a millisecond; only pauses where interrupts are masked.</summary>
    public static void Wait()
    {
        if (ThreadServices.Yield())
            return;
        if (!CPU.DisableInterrupts())
        {
            CPU.Pause();
            return;
        }

        if (!s_isRunning)
            Start();
        CPU.EnableInterrupts();
        CPU.Halt(); // A tick between the two is made good by the next one.
    }

    /// <summary>Makes the ticks come, whether anybody waits or not, until <see cref="Stop"/>.</summary>
    public static void Begin()
    {
        bool wereOn = CPU.DisableInterrupts();
        if (!s_isRunning)
            Start();
        if (wereOn)
            CPU.EnableInterrupts();
    }

    /// <summary>Ends the ticks, when there is something to do.</summary>
    public static void Stop()
    {
        if (!s_isRunning)
            return;
        s_isRunning = false;
        PIC.Mask(TimerLine);
    }

    private static void Start()
    {
        s_isRunning = true;
        IOPort.Write8(CommandPort, RateGenerator);
        IOPort.Write8(ChannelPort, StepsPerTick & 0xFF);
        IOPort.Write8(ChannelPort, StepsPerTick >> 8);
        PIC.Unmask(TimerLine);
    }
}
