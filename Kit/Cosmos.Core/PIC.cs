namespace Cosmos.Core;

/// <summary>The two chained 8259 interrupt controllers.</summary>
public static class PIC
{
    /// <summary>The vector of line 0; the 15 others follow.</summary>
    public const int FirstVector = 0x20;

    /// <summary>The number of lines.</summary>
    public const int LineCount = 16;

    private const int MasterPort = 0x20;
    private const int SlavePort = 0xA0;
    private const int CascadeLine = 2;
    private const byte ReadInService = 0x0B;
    private const byte EndCommand = 0x20;

    /// <summary>Moves the lines to vectors of their own (after power-on they collide with the exceptions) and masks them all.</summary>
    public static void Initialize()
    {
        Command(MasterPort, 0x11); // Initialise, in cascade, four words.
        Command(SlavePort, 0x11);
        Command(MasterPort + 1, FirstVector);
        Command(SlavePort + 1, FirstVector + 8);
        Command(MasterPort + 1, 1 << CascadeLine);
        Command(SlavePort + 1, CascadeLine);
        Command(MasterPort + 1, 0x01); // 8086 mode.
        Command(SlavePort + 1, 0x01);
        Command(MasterPort + 1, 0xFF & ~(1 << CascadeLine));
        Command(SlavePort + 1, 0xFF);
    }

    /// <summary>Lets a line through.</summary>
    public static void Unmask(int line)
    {
        int port = MaskPort(line);
        IOPort.Write8(port, (byte)(IOPort.Read8(port) & ~(1 << (line & 7))));
    }

    /// <summary>Holds a line back.</summary>
    public static void Mask(int line)
    {
        int port = MaskPort(line);
        IOPort.Write8(port, (byte)(IOPort.Read8(port) | 1 << (line & 7)));
    }

    /// <summary>Tells the controllers that a line's handler is done.</summary>
    public static void EndOfInterrupt(int line)
    {
        if (line >= 8)
            IOPort.Write8(SlavePort, EndCommand);
        IOPort.Write8(MasterPort, EndCommand);
    }

    /// <summary>Whether an interrupt of the last line of a controller is none: its line went away before it was served.</summary>
    internal static bool IsSpurious(int line)
    {
        if ((line & 7) != 7)
            return false;
        int port = line < 8 ? MasterPort : SlavePort;
        IOPort.Write8(port, ReadInService);
        bool spurious = (IOPort.Read8(port) & 0x80) == 0;
        // The first controller did serve the second's line.
        if (spurious && line >= 8)
            IOPort.Write8(MasterPort, EndCommand);
        return spurious;
    }

    private static int MaskPort(int line) => (line < 8 ? MasterPort : SlavePort) + 1;

    private static void Command(int port, byte value)
    {
        IOPort.Write8(port, value);
        IOPort.Wait();
    }
}
