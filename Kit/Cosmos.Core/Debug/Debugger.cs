using Cosmos.Core;

namespace Cosmos.Debug.Kernel;

/// <summary>Messages for whoever watches the kernel from outside.</summary>
/// <remarks>
/// They go to port 0xE9, which QEMU (<c>-debugcon</c>) and Bochs (<c>port_e9_hack</c>) show and real machines ignore:
/// never into what the kernel itself writes to the serial port.
/// </remarks>
public sealed class Debugger
{
    private const int DebugPort = 0xE9;

    private readonly string _ring;
    private readonly string _section;

    /// <summary>Creates a source of messages that are marked with a ring and a section.</summary>
    public Debugger(string aRing, string aSection)
    {
        _ring = aRing;
        _section = aSection;
    }

    /// <summary>Sends a line.</summary>
    public void Send(string aText)
    {
        Put(_ring);
        Put(".");
        Put(_section);
        Put(": ");
        Put(aText);
        Put("\n");
    }

    private static void Put(string text)
    {
        foreach (char letter in text)
            IOPort.Write8(DebugPort, letter < 0x80 ? (byte)letter : (byte)'?');
    }
}
