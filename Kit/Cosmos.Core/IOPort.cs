using System;
using IL2CPU.API.Attribs;

namespace Cosmos.Core;

/// <summary>The processor's I/O ports.</summary>
/// <remarks>Each method is one instruction that a plug supplies; none can work on a desktop.</remarks>
public static class IOPort
{
    /// <summary>Writes a byte to a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Write8(int aPort, byte aData) => throw new NotImplementedException();

    /// <summary>Writes a 16-bit word to a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Write16(int aPort, ushort aData) => throw new NotImplementedException();

    /// <summary>Writes a 32-bit word to a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Write32(int aPort, uint aData) => throw new NotImplementedException();

    /// <summary>Reads a byte from a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static byte Read8(int aPort) => throw new NotImplementedException();

    /// <summary>Reads a 16-bit word from a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ushort Read16(int aPort) => throw new NotImplementedException();

    /// <summary>Reads a 32-bit word from a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static uint Read32(int aPort) => throw new NotImplementedException();

    /// <summary>Lets an old device settle: a write to the diagnostic port takes about a microsecond.</summary>
    public static void Wait() => Write8(0x80, 0);
}
