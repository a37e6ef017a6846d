using System.Linq;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed class SerialPortTests
{
    [Test]
    public void A_port_that_answers_is_set_to_115200_8N1()
    {
        var uart = new FakeUart();
        Assert.That(SerialPort.TryOpen(uart, SerialPort.Com1), Is.Not.Null);
        Assert.That(uart.Divisor, Is.EqualTo(1));
        Assert.That(uart.LineControl, Is.EqualTo(0x03));
        Assert.That(uart.ModemControl & 0x13, Is.EqualTo(0x03), "DTR and RTS on, loopback off");
        Assert.That(uart.WireBytes, Is.Empty, "the probe stays inside the chip");
    }

    [Test]
    public void A_missing_port_is_noticed()
    {
        var uart = new FakeUart { Present = false };
        Assert.That(SerialPort.TryOpen(uart, SerialPort.Com1), Is.Null);
    }

    [Test]
    public void A_port_that_only_has_memory_is_noticed()
    {
        var uart = new FakeUart { LoopbackWorks = false };
        Assert.That(SerialPort.TryOpen(uart, SerialPort.Com1), Is.Null);
    }

    [Test]
    public void Only_the_port_at_the_given_base_is_used()
    {
        var uart = new FakeUart(SerialPort.Com2);
        Assert.That(SerialPort.TryOpen(uart, SerialPort.Com1), Is.Null);
        Assert.That(SerialPort.TryOpen(uart, SerialPort.Com2), Is.Not.Null);
    }

    [Test]
    public void Everything_written_arrives_and_the_transmitter_is_never_overrun()
    {
        var uart = new FakeUart();
        SerialPort port = SerialPort.TryOpen(uart, SerialPort.Com1)!;
        byte[] text = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
        foreach (byte value in text)
        {
            port.Write(value);
        }

        Assert.That(uart.WireBytes, Is.EqualTo(text));
        Assert.That(uart.Overruns, Is.Zero);
        Assert.That(port.DroppedBytes, Is.Zero);
    }

    [Test]
    public void A_transmitter_that_stays_busy_costs_bytes_but_no_hang()
    {
        var uart = new FakeUart();
        SerialPort port = SerialPort.TryOpen(uart, SerialPort.Com1)!;
        uart.PollsPerFifo = -1;
        for (int i = 0; i < 18; i++)
        {
            port.Write((byte)'x');
        }

        Assert.That(uart.WireBytes, Has.Length.EqualTo(16));
        Assert.That(port.DroppedBytes, Is.EqualTo(2));

        uart.PollsPerFifo = 5;
        port.Write((byte)'y');
        Assert.That(uart.WireBytes.Last(), Is.EqualTo((byte)'y'), "a line that moves again is used again");
    }

    [Test]
    public void Input_that_comes_while_the_kernel_prints_is_kept_in_order()
    {
        var uart = new FakeUart();
        SerialPort port = SerialPort.TryOpen(uart, SerialPort.Com1)!;
        string typed = string.Concat(Enumerable.Range(0, 100).Select(i => $"cmd{i:D3}\r"));
        uart.Type(typed);
        for (int i = 0; i < 2000; i++)
        {
            port.Write((byte)'.');
        }

        Assert.That(ReadAll(port), Is.EqualTo(typed));
    }

    [Test]
    public void More_input_than_the_ring_holds_waits_at_the_sender()
    {
        var uart = new FakeUart();
        SerialPort port = SerialPort.TryOpen(uart, SerialPort.Com1)!;
        string typed = new string('a', SerialPort.RingSize) + new string('b', SerialPort.RingSize);
        uart.Type(typed);
        for (int i = 0; i < 5000; i++)
        {
            port.Write((byte)'.');
        }

        Assert.That(ReadAll(port), Is.EqualTo(typed));
    }

    [Test]
    public void Input_that_came_before_the_port_was_opened_is_kept()
    {
        var uart = new FakeUart();
        uart.Type("early");
        SerialPort port = SerialPort.TryOpen(uart, SerialPort.Com1)!;
        Assert.That(ReadAll(port), Is.EqualTo("early"));
    }

    [Test]
    public void Flush_waits_until_the_wire_has_everything()
    {
        var uart = new FakeUart { PollsPerFifo = 50 };
        SerialPort port = SerialPort.TryOpen(uart, SerialPort.Com1)!;
        port.Write((byte)'x');
        port.Flush();
        Assert.That(uart.TransmitterIsEmpty);
    }

    private static string ReadAll(SerialPort port)
    {
        var text = new System.Text.StringBuilder();
        while (port.TryRead(out byte value))
        {
            text.Append((char)value);
        }

        return text.ToString();
    }
}
