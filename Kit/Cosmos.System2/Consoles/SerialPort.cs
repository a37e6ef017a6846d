namespace Cosmos.System.Consoles;

/// <summary>A 16550 serial port, polled: 115200 baud, 8 data bits, no parity, one stop bit.</summary>
/// <remarks>
/// <para>
/// Nothing typed while the kernel prints is lost: each time the port is polled on the way out, waiting input is taken
/// from the receiver's 16-byte FIFO into a ring of <see cref="RingSize"/> bytes. When the ring is full, bytes stay in
/// the FIFO, where the sender's flow control sees them.
/// </para>
/// <para>
/// Every wait is bounded. A transmitter that stays busy for <see cref="PollLimit"/> polls (a line whose other end holds
/// it) costs the byte, and the port counts it in <see cref="DroppedBytes"/>; until the line moves again, bytes are waited for
/// <see cref="StuckPollLimit"/> polls only.
/// </para>
/// </remarks>
public sealed class SerialPort
{
    /// <summary>I/O base of COM1.</summary>
    public const int Com1 = 0x3F8;

    /// <summary>I/O base of COM2.</summary>
    public const int Com2 = 0x2F8;

    /// <summary>Bytes of input kept while nobody reads.</summary>
    public const int RingSize = 1024;

    /// <summary>
    /// Polls after which a wait is given up. A byte takes 87 µs on the wire and a port read about 1 µs; in an emulator whose host is
    /// busy a byte takes as long as the host looks elsewhere, seconds at worst.
    /// </summary>
    public const int PollLimit = 20_000_000;

    /// <summary>The same while the last wait was in vain.</summary>
    public const int StuckPollLimit = 2_000;

    private const int LoopbackPollLimit = 200_000;

    private const int FifoDepth = 16;

    // Registers, as offsets from the base (16550D data sheet, table II).
    private const int Data = 0;
    private const int InterruptEnable = 1;
    private const int FifoControl = 2;
    private const int LineControl = 3;
    private const int ModemControl = 4;
    private const int LineStatus = 5;
    private const int Scratch = 7;

    private const byte DataReady = 0x01;
    private const byte TransmitterHoldingEmpty = 0x20;
    private const byte TransmitterEmpty = 0x40;

    private const byte DivisorLatch = 0x80;
    private const byte EightBitsNoParity = 0x03;
    private const byte FifosOn = 0x01;
    private const byte TerminalReadyRequestToSend = 0x0B;
    private const byte Loopback = 0x1E;

    private readonly PortAccess _ports;
    private readonly int _base;
    private readonly byte[] _ring = new byte[RingSize];
    private int _ringStart;
    private int _ringCount;
    private int _credit;
    private bool _isStuck;

    private SerialPort(PortAccess ports, int ioBase)
    {
        _ports = ports;
        _base = ioBase;
    }

    /// <summary>Bytes that the transmitter did not take in time.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>Opens the port at <paramref name="ioBase"/> when there is one.</summary>
    /// <returns>The port, or null when no 16550 answers there.</returns>
    public static SerialPort? TryOpen(PortAccess ports, int ioBase)
    {
        var port = new SerialPort(ports, ioBase);
        return port.HasScratchRegister() && port.Configure() ? port : null;
    }

    /// <summary>Sends one byte, waiting (bounded) for room in the transmitter's FIFO.</summary>
    public void Write(byte value)
    {
        if (_credit == 0)
        {
            if (!WaitFor(TransmitterHoldingEmpty))
            {
                DroppedBytes++;
                return;
            }

            _credit = FifoDepth;
        }

        _ports.Write8(_base + Data, value);
        _credit--;
    }

    /// <summary>Waits (bounded) until the last byte is on the wire.</summary>
    public void Flush() => WaitFor(TransmitterEmpty);

    /// <summary>Takes the next byte of input when there is one; never waits.</summary>
    public bool TryRead(out byte value)
    {
        Drain(_ports.Read8(_base + LineStatus));
        if (_ringCount == 0)
        {
            value = 0;
            return false;
        }

        value = _ring[_ringStart];
        _ringStart = (_ringStart + 1) % RingSize;
        _ringCount--;
        return true;
    }

    // An absent port reads as FF: two different values cannot come back from it.
    private bool HasScratchRegister()
    {
        _ports.Write8(_base + Scratch, 0x5A);
        bool first = _ports.Read8(_base + Scratch) == 0x5A;
        _ports.Write8(_base + Scratch, 0xA5);
        return first && _ports.Read8(_base + Scratch) == 0xA5;
    }

    private bool Configure()
    {
        // What an earlier writer left in the transmitter goes out before the speed changes.
        WaitFor(TransmitterEmpty);
        _ports.Write8(_base + InterruptEnable, 0);
        _ports.Write8(_base + LineControl, DivisorLatch);
        _ports.Write8(_base + Data, 1);
        _ports.Write8(_base + InterruptEnable, 0);
        _ports.Write8(_base + LineControl, EightBitsNoParity);
        _ports.Write8(_base + FifoControl, FifosOn);

        _ports.Write8(_base + ModemControl, Loopback);
        bool echoed = EchoesInLoopback();
        _ports.Write8(_base + ModemControl, TerminalReadyRequestToSend);
        return echoed;
    }

    // Input that arrived before the switch to loopback is kept: the probe byte is the last one in the FIFO.
    private bool EchoesInLoopback()
    {
        const byte probe = 0xAE;
        _ports.Write8(_base + Data, probe);
        for (int poll = 0; poll < LoopbackPollLimit; poll++)
        {
            Drain(_ports.Read8(_base + LineStatus));
            int last = (_ringStart + _ringCount - 1 + RingSize) % RingSize;
            if (_ringCount > 0 && _ring[last] == probe)
            {
                _ringCount--;
                return true;
            }
        }

        return false;
    }

    private bool WaitFor(byte statusBit)
    {
        int limit = _isStuck ? StuckPollLimit : PollLimit;
        _isStuck = false;
        for (int poll = 0; poll < limit; poll++)
        {
            byte status = _ports.Read8(_base + LineStatus);
            Drain(status);
            if ((status & statusBit) != 0)
            {
                return true;
            }
        }

        _isStuck = true;
        return false;
    }

    private void Drain(byte status)
    {
        // FF is a port that has gone: its data register would read FF for ever.
        while ((status & DataReady) != 0 && status != 0xFF && _ringCount < RingSize)
        {
            byte value = _ports.Read8(_base + Data);
            _ring[(_ringStart + _ringCount) % RingSize] = value;
            _ringCount++;
            status = _ports.Read8(_base + LineStatus);
        }
    }
}
