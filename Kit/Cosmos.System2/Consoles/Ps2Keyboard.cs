using System;

namespace Cosmos.System.Consoles;

/// <summary>A keyboard behind the 8042 controller, polled.</summary>
public sealed class Ps2Keyboard
{
    private const int DataPort = 0x60;
    private const int StatusPort = 0x64;
    private const byte OutputFull = 0x01;
    private const byte FromMouse = 0x20;
    private const byte NoController = 0xFF;

    private readonly PortAccess _ports;
    private readonly ScanCodeDecoder _decoder = new();

    /// <summary>Creates the keyboard on <paramref name="ports"/>.</summary>
    public Ps2Keyboard(PortAccess ports)
    {
        _ports = ports;
    }

    /// <summary>Whether caps lock is on.</summary>
    public bool CapsLock => _decoder.CapsLock;

    /// <summary>Whether number lock is on.</summary>
    public bool NumberLock => _decoder.NumberLock;

    /// <summary>Takes the next key press when there is one; never waits.</summary>
    public bool TryRead(out ConsoleKeyInfo key)
    {
        // Sixteen bytes are what a keyboard buffers: the loop ends on a controller that is stuck, too.
        for (int i = 0; i < 16; i++)
        {
            byte status = _ports.Read8(StatusPort);
            if (status == NoController || (status & OutputFull) == 0)
            {
                break;
            }

            byte code = _ports.Read8(DataPort);
            if ((status & FromMouse) == 0 && _decoder.TryDecode(code, out key))
            {
                return true;
            }
        }

        key = default;
        return false;
    }
}
