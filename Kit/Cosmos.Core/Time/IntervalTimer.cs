namespace Cosmos.Core;

/// <summary>Channel 2 of the 8254 timer, which a program can start and watch without interrupts.</summary>
public static class IntervalTimer
{
    /// <summary>The timer's steps in a second.</summary>
    public const uint Frequency = 1_193_182;

    private const int ChannelPort = 0x42;
    private const int CommandPort = 0x43;
    private const int GatePort = 0x61;
    private const byte CountDownOnce = 0xB0;
    private const byte GateOn = 1;
    private const byte SpeakerOn = 2;
    private const byte OutputHigh = 0x20;
    private const int Polls = 1_000_000;

    /// <summary>Counts the time-stamp counter's steps while the timer makes <paramref name="steps"/>; 0 when the timer does not run.</summary>
    public static ulong MeasureTimeStamps(ushort steps)
    {
        byte gate = IOPort.Read8(GatePort);
        byte stopped = (byte)(gate & ~(GateOn | SpeakerOn));
        IOPort.Write8(GatePort, stopped);
        IOPort.Write8(CommandPort, CountDownOnce);
        IOPort.Write8(ChannelPort, (byte)steps);
        IOPort.Write8(ChannelPort, (byte)(steps >> 8));

        IOPort.Write8(GatePort, (byte)(stopped | GateOn));
        ulong start = CPU.GetCPUUptime();
        bool ran = false;
        for (int i = 0; i < Polls && !ran; i++)
            ran = (IOPort.Read8(GatePort) & OutputHigh) != 0;
        ulong end = CPU.GetCPUUptime();

        IOPort.Write8(GatePort, gate);
        return ran ? end - start : 0;
    }
}
