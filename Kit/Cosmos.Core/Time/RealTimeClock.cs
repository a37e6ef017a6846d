namespace Cosmos.Core;

/// <summary>The battery-backed clock behind ports 0x70 and 0x71 (MC146818).</summary>
/// <remarks>It is taken to run in UTC, as emulators set it.</remarks>
public static class RealTimeClock
{
    private const int IndexPort = 0x70;
    private const int DataPort = 0x71;
    private const byte StatusA = 0x0A;
    private const byte UpdateInProgress = 0x80;
    private const int UpdatePolls = 10_000;
    private const int Attempts = 5;

    /// <summary>Reads the registers at a moment when the clock does not change them. False when it has no such moment.</summary>
    public static bool TryRead(out RtcRegisters registers)
    {
        registers = ReadOnce();
        for (int i = 0; i < Attempts; i++)
        {
            // Two readings that agree: no second began in between.
            RtcRegisters again = ReadOnce();
            if (AreEqual(registers, again))
                return true;
            registers = again;
        }

        return false;
    }

    private static RtcRegisters ReadOnce()
    {
        for (int i = 0; i < UpdatePolls && (Read(StatusA) & UpdateInProgress) != 0; i++)
            CPU.Pause();

        RtcRegisters registers = default;
        registers.Second = Read(0x00);
        registers.Minute = Read(0x02);
        registers.Hour = Read(0x04);
        registers.Day = Read(0x07);
        registers.Month = Read(0x08);
        registers.Year = Read(0x09);
        registers.StatusB = Read(0x0B);
        registers.Century = Read(0x32);
        return registers;
    }

    private static bool AreEqual(in RtcRegisters a, in RtcRegisters b) =>
        a.Second == b.Second && a.Minute == b.Minute && a.Hour == b.Hour && a.Day == b.Day && a.Month == b.Month
        && a.Year == b.Year && a.Century == b.Century && a.StatusB == b.StatusB;

    private static byte Read(byte register)
    {
        IOPort.Write8(IndexPort, register);
        return IOPort.Read8(DataPort);
    }
}
