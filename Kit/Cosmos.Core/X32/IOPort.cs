namespace Cosmos.Core;

/// <summary>The processor's I/O ports, as the installed kit knows them: signatures to compile against, without bodies.</summary>
public static class IOPort
{
    /// <summary>Writes a byte.</summary>
    public static void Write8(int aPort, byte aData) => throw null!;

    /// <summary>Writes 16 bits.</summary>
    public static void Write16(int aPort, ushort aData) => throw null!;

    /// <summary>Writes 32 bits.</summary>
    public static void Write32(int aPort, uint aData) => throw null!;

    /// <summary>Reads a byte.</summary>
    public static byte Read8(int aPort) => throw null!;

    /// <summary>Reads 16 bits.</summary>
    public static ushort Read16(int aPort) => throw null!;

    /// <summary>Reads 32 bits.</summary>
    public static uint Read32(int aPort) => throw null!;

    /// <summary>Lets an old device settle.</summary>
    public static void Wait() => throw null!;
}
