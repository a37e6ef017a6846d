using Cosmos.Core;

namespace MemOS.Devices;

/// <summary>The sending half of a 16550 serial port, polled: 115200 baud, 8 data bits, no parity, one stop bit.</summary>
/// <remarks>It makes no object, so it can tell of allocations. Every wait is bounded: a byte that the line does not take is lost and counted.</remarks>
public struct SerialTransmitter
{
    /// <summary>I/O base of COM1.</summary>
    public const int Com1 = 0x3F8;

    /// <summary>I/O base of COM2.</summary>
    public const int Com2 = 0x2F8;

    private const int PollLimit = 20_000_000;
    private const int StuckPollLimit = 2_000;
    private const int FifoDepth = 16;

    // Registers, as offsets from the base (16550D data sheet, table II).
    private const int Data = 0;
    private const int InterruptEnable = 1;
    private const int FifoControl = 2;
    private const int LineControl = 3;
    private const int ModemControl = 4;
    private const int LineStatus = 5;
    private const int Scratch = 7;

    private const byte DivisorLatch = 0x80;
    private const byte EightBitsNoParity = 0x03;
    private const byte FifosOn = 0x07;
    private const byte TerminalReadyRequestToSend = 0x03;
    private const byte TransmitterHoldingEmpty = 0x20;
    private const byte TransmitterEmpty = 0x40;

    private readonly int _base;
    private bool _isStuck;
    private int _credit;

    private SerialTransmitter(int ioBase)
    {
        _base = ioBase;
        _credit = 0;
        LostBytes = 0;
    }

    /// <summary>The bytes that the line did not take in time.</summary>
    public ulong LostBytes { get; private set; }

    /// <summary>Whether a port answers at <paramref name="ioBase"/>; an absent one reads as ones.</summary>
    public static bool IsThere(int ioBase)
    {
        IOPort.Write8(ioBase + Scratch, 0x5A);
        bool first = IOPort.Read8(ioBase + Scratch) == 0x5A;
        IOPort.Write8(ioBase + Scratch, 0xA5);
        return first && IOPort.Read8(ioBase + Scratch) == 0xA5;
    }

    /// <summary>Sets the port at <paramref name="ioBase"/> up, which is there.</summary>
    public static SerialTransmitter Open(int ioBase)
    {
        IOPort.Write8(ioBase + InterruptEnable, 0);
        IOPort.Write8(ioBase + LineControl, DivisorLatch);
        IOPort.Write8(ioBase + Data, 1);
        IOPort.Write8(ioBase + InterruptEnable, 0);
        IOPort.Write8(ioBase + LineControl, EightBitsNoParity);
        IOPort.Write8(ioBase + FifoControl, FifosOn);
        IOPort.Write8(ioBase + ModemControl, TerminalReadyRequestToSend);
        return new SerialTransmitter(ioBase);
    }

    /// <summary>Sends a byte.</summary>
    public void Write(byte value)
    {
        if (_credit == 0)
        {
            if (!WaitFor(TransmitterHoldingEmpty))
            {
                LostBytes++;
                return;
            }

            _credit = FifoDepth;
        }

        IOPort.Write8(_base + Data, value);
        _credit--;
    }

    /// <summary>Waits until the last byte is on the wire.</summary>
    public void Flush() => WaitFor(TransmitterEmpty);

    private bool WaitFor(byte statusBit)
    {
        int limit = _isStuck ? StuckPollLimit : PollLimit;
        _isStuck = false;
        for (int poll = 0; poll < limit; poll++)
        {
            if ((IOPort.Read8(_base + LineStatus) & statusBit) != 0) return true;
        }

        _isStuck = true;
        return false;
    }
}
