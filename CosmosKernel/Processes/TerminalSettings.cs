namespace MemOS.Processes;

/// <summary>How a terminal treats what is typed and written: the kernel's struct termios of Linux (termios(3)), field by field.</summary>
public sealed class TerminalSettings
{
    /// <summary>The bytes of the structure.</summary>
    public const int SizeBytes = 36;

    /// <summary>A character that is switched off.</summary>
    public const byte Off = 0;

    private const int CharacterCount = 19;
    private const int CharactersAt = 17;
    private const int InputAt = 0;
    private const int OutputAt = 4;
    private const int LocalAt = 12;

    private const uint DropReturn = 0x80;
    private const uint ReturnIsLine = 0x100;
    private const uint LineIsReturn = 0x40;
    private const uint IsUnicode = 0x4000;
    private const uint Processed = 1;
    private const uint LineGetsReturn = 4;
    private const uint SendsSignals = 1;
    private const uint EditsLines = 2;
    private const uint Echoes = 8;
    private const uint EchoesErased = 0x10;
    private const uint EchoesKilled = 0x20;
    private const uint EchoesLine = 0x40;
    private const uint KeepsInput = 0x80;
    private const uint EchoesControl = 0x200;
    private const uint ErasesKilled = 0x800;
    private const uint Extended = 0x8000;
    private const uint UsualControl = 0xBF; // B38400, CS8, CREAD

    private readonly byte[] _bytes = new byte[SizeBytes];

    /// <summary>Lines that can be edited, echoed, with Ctrl-C and its like.</summary>
    public TerminalSettings()
    {
        PutWord(InputAt, ReturnIsLine | IsUnicode);
        PutWord(OutputAt, Processed | LineGetsReturn);
        PutWord(8, UsualControl);
        PutWord(LocalAt, SendsSignals | EditsLines | Echoes | EchoesErased | EchoesKilled | EchoesControl | ErasesKilled | Extended);
        byte[] characters = { 3, 0x1C, 0x7F, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1A, 0, 0x12, 0x0F, 0x17, 0x16, 0, 0, 0 };
        for (int index = 0; index < CharacterCount; index++) _bytes[CharactersAt + index] = characters[index];
    }

    /// <summary>The structure's bytes: c_iflag, c_oflag, c_cflag, c_lflag, c_line, c_cc.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>ICANON: what is typed is read by the line, and can be edited until then.</summary>
    public bool IsByLine => HasLocal(EditsLines);

    /// <summary>ISIG: Ctrl-C and its like are signals.</summary>
    public bool HasSignals => HasLocal(SendsSignals);

    /// <summary>ECHO.</summary>
    public bool HasEcho => HasLocal(Echoes);

    /// <summary>ECHONL: the end of a line is echoed even when nothing else is.</summary>
    public bool HasLineEcho => HasLocal(EchoesLine);

    /// <summary>ECHOCTL: control characters are echoed as ^X.</summary>
    public bool HasControlEcho => HasLocal(EchoesControl);

    /// <summary>NOFLSH: a signal does not throw away what was typed.</summary>
    public bool IsKept => HasLocal(KeepsInput);

    /// <summary>ICRNL: Enter ends a line.</summary>
    public bool IsReturnLine => HasInput(ReturnIsLine);

    /// <summary>IGNCR.</summary>
    public bool IsReturnDropped => HasInput(DropReturn);

    /// <summary>INLCR.</summary>
    public bool IsLineReturn => HasInput(LineIsReturn);

    /// <summary>VINTR.</summary>
    public byte Interrupt => _bytes[CharactersAt];

    /// <summary>VQUIT.</summary>
    public byte Quit => _bytes[CharactersAt + 1];

    /// <summary>VERASE.</summary>
    public byte Erase => _bytes[CharactersAt + 2];

    /// <summary>VKILL: erases the line.</summary>
    public byte EraseLine => _bytes[CharactersAt + 3];

    /// <summary>VEOF.</summary>
    public byte End => _bytes[CharactersAt + 4];

    /// <summary>VTIME: tenths of a second, when reading is not by line.</summary>
    public byte WaitTenths => _bytes[CharactersAt + 5];

    /// <summary>VMIN: how many bytes a read waits for, when reading is not by line.</summary>
    public byte LeastBytes => _bytes[CharactersAt + 6];

    /// <summary>VSUSP.</summary>
    public byte Suspend => _bytes[CharactersAt + 10];

    /// <summary>VWERASE.</summary>
    public byte EraseWord => _bytes[CharactersAt + 14];

    private bool HasLocal(uint flag) => (Word(LocalAt) & flag) != 0;

    private bool HasInput(uint flag) => (Word(InputAt) & flag) != 0;

    private uint Word(int at) => _bytes[at] | (uint)_bytes[at + 1] << 8 | (uint)_bytes[at + 2] << 16 | (uint)_bytes[at + 3] << 24;

    private void PutWord(int at, uint value)
    {
        for (int index = 0; index < 4; index++) _bytes[at + index] = unchecked((byte)(value >> (8 * index)));
    }
}
