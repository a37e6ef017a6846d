namespace Cosmos.System.Consoles;

/// <summary>Byte-wide I/O ports: the machine's own, or a model of a device in a test.</summary>
public interface IPorts
{
    /// <summary>Reads one byte from <paramref name="port"/>.</summary>
    byte Read8(int port);

    /// <summary>Writes one byte to <paramref name="port"/>.</summary>
    void Write8(int port, byte value);
}
