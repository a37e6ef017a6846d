using System.Collections.Generic;
using Cosmos.System.Consoles;

namespace Kit.Tests.Consoles;

/// <summary>A model of the 8042's output side.</summary>
internal sealed class FakeKeyboardController : PortAccess
{
    private const byte OutputFull = 0x01;
    private const byte FromMouse = 0x20;

    private readonly Queue<(byte Value, byte Status)> _bytes = new();

    public void Send(params byte[] codes)
    {
        foreach (byte code in codes)
        {
            _bytes.Enqueue((code, OutputFull));
        }
    }

    public void SendFromMouse(byte value) => _bytes.Enqueue((value, OutputFull | FromMouse));

    public override byte Read8(int port) => port switch
    {
        0x64 => _bytes.Count > 0 ? _bytes.Peek().Status : (byte)0,
        0x60 => _bytes.Dequeue().Value,
        _ => 0xFF,
    };

    public override void Write8(int port, byte value)
    {
    }
}
