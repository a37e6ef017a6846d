namespace Cosmos.System.Consoles;

/// <summary>Byte-wide I/O ports: the machine's own, or a model of a device in a test.</summary>
public abstract class PortAccess
{
    /// <summary>Reads one byte from <paramref name="port"/>.</summary>
    public abstract byte Read8(int port);

    /// <summary>Writes one byte to <paramref name="port"/>.</summary>
    public abstract void Write8(int port, byte value);
}
