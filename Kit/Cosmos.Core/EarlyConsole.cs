namespace Cosmos.Core;

/// <summary>Text before and after everything else works: the first serial port and the VGA text screen.</summary>
/// <remarks>
/// Needs no object, no memory and no interrupt, so the first instructions and a panic can use it. The screen's cursor is the hardware's own
/// and is read back for each byte: whoever wrote to the screen before, the text goes on after it.
/// </remarks>
public static unsafe class EarlyConsole
{
    private const int SerialPort = 0x3F8;
    private const int TransmitPolls = 0x40000;
    private const int Columns = 80;
    private const int Rows = 25;
    private const int CursorIndexPort = 0x3D4;
    private const byte Attribute = 0x07;

    private static bool s_hasSerial;
    private static ushort* s_screen;
    private static delegate*<byte, void> s_mirror;

    /// <summary>Whether the first serial port was found.</summary>
    public static bool HasSerial => s_hasSerial;

    /// <summary>Looks for the serial port and sets it to 115200 baud, 8N1, with its FIFOs on.</summary>
    public static void Initialize()
    {
        s_hasSerial = SerialIsPresent();
        if (!s_hasSerial)
            return;

        IOPort.Write8(SerialPort + 1, 0x00); // No interrupts.
        IOPort.Write8(SerialPort + 3, 0x80); // The next two are the divisor.
        IOPort.Write8(SerialPort + 0, 0x01);
        IOPort.Write8(SerialPort + 1, 0x00);
        IOPort.Write8(SerialPort + 3, 0x03); // 8N1
        IOPort.Write8(SerialPort + 2, 0x07); // FIFOs on and empty, a byte at a time.
        IOPort.Write8(SerialPort + 4, 0x03); // DTR and RTS.
    }

    /// <summary>Says where the text screen's memory is mapped; null when there is no text screen (any more).</summary>
    public static void SetScreen(ushort* screen) => s_screen = screen;

    /// <summary>Gives every byte to <paramref name="mirror"/> too, which may not allocate: a screen that is no text screen.</summary>
    public static void SetMirror(delegate*<byte, void> mirror) => s_mirror = mirror;

    /// <summary>Writes a byte of ASCII; a line feed starts a new line.</summary>
    public static void Write(byte value)
    {
        if (s_hasSerial)
        {
            if (value == '\n')
                Transmit((byte)'\r');
            Transmit(value);
        }

        if (s_screen != null)
            WriteScreen(value);
        if (s_mirror != null)
            s_mirror(value);
    }

    /// <summary>Writes ASCII text; what is not ASCII becomes a question mark.</summary>
    public static void Write(string text)
    {
        for (int i = 0; i < text.Length; i++)
            Write(text[i] < 0x80 ? (byte)text[i] : (byte)'?');
    }

    /// <summary>Writes bytes up to the first zero.</summary>
    public static void Write(byte* text)
    {
        for (; text != null && *text != 0; text++)
            Write(*text);
    }

    /// <summary>Writes text and ends the line.</summary>
    public static void WriteLine(string text)
    {
        Write(text);
        Write((byte)'\n');
    }

    /// <summary>Writes a number in hexadecimal with at least <paramref name="digits"/> digits.</summary>
    public static void WriteHex(ulong value, int digits = 1)
    {
        Write((byte)'0');
        Write((byte)'x');
        bool started = false;
        for (int i = 15; i >= 0; i--)
        {
            int digit = (int)(value >> (i * 4)) & 0xF;
            started |= digit != 0 || i < digits;
            if (started)
                Write((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    /// <summary>Writes a number in decimal.</summary>
    public static void WriteDecimal(ulong value)
    {
        ulong unit = 1;
        while (value / unit >= 10)
            unit *= 10;
        for (; unit != 0; unit /= 10)
            Write((byte)('0' + value / unit % 10));
    }

    private static bool SerialIsPresent()
    {
        // An absent port reads as ones, or holds nothing: the scratch register tells.
        IOPort.Write8(SerialPort + 7, 0x5A);
        if (IOPort.Read8(SerialPort + 7) != 0x5A)
            return false;
        IOPort.Write8(SerialPort + 7, 0xA5);
        return IOPort.Read8(SerialPort + 7) == 0xA5 && IOPort.Read8(SerialPort + 5) != 0xFF;
    }

    private static void Transmit(byte value)
    {
        for (int i = 0; i < TransmitPolls; i++)
        {
            if ((IOPort.Read8(SerialPort + 5) & 0x20) != 0)
            {
                IOPort.Write8(SerialPort, value);
                return;
            }
        }
    }

    private static void WriteScreen(byte value)
    {
        int cursor = ReadCursor();
        if (cursor >= Columns * Rows)
            cursor = Scroll();

        if (value == '\n')
            cursor += Columns - cursor % Columns;
        else if (value == '\r')
            cursor -= cursor % Columns;
        else
            s_screen[cursor++] = (ushort)(Attribute << 8 | value);

        if (cursor >= Columns * Rows)
            cursor = Scroll();
        WriteCursor(cursor);
    }

    private static int Scroll()
    {
        for (int i = 0; i < Columns * (Rows - 1); i++)
            s_screen[i] = s_screen[i + Columns];
        for (int i = Columns * (Rows - 1); i < Columns * Rows; i++)
            s_screen[i] = Attribute << 8 | ' ';
        return Columns * (Rows - 1);
    }

    private static int ReadCursor()
    {
        IOPort.Write8(CursorIndexPort, 0x0E);
        int high = IOPort.Read8(CursorIndexPort + 1);
        IOPort.Write8(CursorIndexPort, 0x0F);
        return high << 8 | IOPort.Read8(CursorIndexPort + 1);
    }

    private static void WriteCursor(int cursor)
    {
        IOPort.Write8(CursorIndexPort, 0x0E);
        IOPort.Write8(CursorIndexPort + 1, (byte)(cursor >> 8));
        IOPort.Write8(CursorIndexPort, 0x0F);
        IOPort.Write8(CursorIndexPort + 1, (byte)cursor);
    }
}
