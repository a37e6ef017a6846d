using Cosmos.Core;

namespace Cosmos.System.Consoles;

/// <summary>The machine's I/O ports.</summary>
public sealed class MachinePorts : PortAccess
{
    /// <inheritdoc/>
    public override byte Read8(int port) => IOPort.Read8(port);

    /// <inheritdoc/>
    public override void Write8(int port, byte value) => IOPort.Write8(port, value);
}
