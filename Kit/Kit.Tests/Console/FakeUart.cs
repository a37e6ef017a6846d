using System.Collections.Generic;
using System.Text;
using Cosmos.System.Consoles;

namespace Kit.Tests.Consoles;

/// <summary>A model of a 16550: scratch register, divisor latch, FIFOs, loopback.</summary>
internal sealed class FakeUart : PortAccess
{
    private const int FifoDepth = 16;

    private readonly int _base;
    private readonly Queue<byte> _sender = new();
    private readonly Queue<byte> _receiver = new();
    private readonly List<byte> _wire = new();
    private int _transmitter;
    private byte _scratch;
    private byte _lineControl;
    private byte _modemControl;

    public FakeUart(int ioBase = SerialPort.Com1)
    {
        _base = ioBase;
    }

    public int Divisor { get; private set; }

    public byte LineControl => _lineControl;

    public byte ModemControl => _modemControl;

    /// <summary>Bytes that came when the receiver was full, or left when the transmitter was.</summary>
    public int Overruns { get; private set; }

    /// <summary>Status reads until the transmitter has sent its FIFO; negative: it never does.</summary>
    public int PollsPerFifo
    {
        get => _pollsPerFifo;
        set => _pollsPerFifo = _polls = value;
    }

    public bool Present { get; set; } = true;

    public bool LoopbackWorks { get; set; } = true;

    public string Wire => Encoding.UTF8.GetString(_wire.ToArray());

    public byte[] WireBytes => _wire.ToArray();

    public bool TransmitterIsEmpty => _transmitter == 0;

    /// <summary>Bytes that the other end wants to send; they enter the receiver only while it has room.</summary>
    public void Type(string text)
    {
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            _sender.Enqueue(value);
        }
    }

    public override byte Read8(int port)
    {
        int register = port - _base;
        if (!Present || register is < 0 or > 7)
        {
            return 0xFF;
        }

        bool divisorLatch = (_lineControl & 0x80) != 0;
        switch (register)
        {
            case 0 when !divisorLatch:
                return _receiver.Count > 0 ? _receiver.Dequeue() : (byte)0;
            case 4:
                return _modemControl;
            case 5:
                return Status();
            case 7:
                return _scratch;
            default:
                return 0;
        }
    }

    public override void Write8(int port, byte value)
    {
        int register = port - _base;
        if (!Present || register is < 0 or > 7)
        {
            return;
        }

        bool divisorLatch = (_lineControl & 0x80) != 0;
        switch (register)
        {
            case 0 when divisorLatch:
                Divisor = (Divisor & 0xFF00) | value;
                break;
            case 1 when divisorLatch:
                Divisor = (Divisor & 0xFF) | (value << 8);
                break;
            case 0:
                Transmit(value);
                break;
            case 3:
                _lineControl = value;
                break;
            case 4:
                _modemControl = value;
                break;
            case 7:
                _scratch = value;
                break;
        }
    }

    private void Transmit(byte value)
    {
        if ((_modemControl & 0x10) != 0)
        {
            if (LoopbackWorks)
            {
                _receiver.Enqueue(value);
            }

            return;
        }

        if (_transmitter == FifoDepth)
        {
            Overruns++;
            return;
        }

        _transmitter++;
        _polls = PollsPerFifo;
        _wire.Add(value);
    }

    private int _pollsPerFifo = 3;
    private int _polls;

    private byte Status()
    {
        while (_sender.Count > 0 && _receiver.Count < FifoDepth)
        {
            _receiver.Enqueue(_sender.Dequeue());
        }

        if (_polls > 0 && --_polls == 0)
        {
            _transmitter = 0;
        }

        int status = _receiver.Count > 0 ? 0x01 : 0;
        return (byte)(status | (_transmitter == 0 ? 0x60 : 0));
    }
}
