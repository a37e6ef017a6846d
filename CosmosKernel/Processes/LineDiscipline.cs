using System.Collections.Generic;

namespace MemOS.Processes;

/// <summary>What lies between the keys of a terminal and the programs that read it: lines, their editing, echo, signals (termios(3)).</summary>
/// <remarks>
/// Keys come as the bytes that a terminal sends for them. Ends of input stand in the queue as <see cref="EndMark"/>, so that a line that ends without a line
/// feed can be told from one that is not complete. Left out are flow control (Ctrl-S), quoting (Ctrl-V) and reprinting (Ctrl-R).
/// </remarks>
public sealed class LineDiscipline
{
    /// <summary>How many bytes wait to be read at most; what is typed beyond is lost.</summary>
    public const int MostBytes = 4096;

    private const int EndMark = 256;
    private const int InterruptSignal = 2;
    private const int QuitSignal = 3;
    private const int StopSignal = 20;
    private const byte Line = (byte)'\n';
    private const byte Return = (byte)'\r';
    private const byte Blank = (byte)' ';
    private const byte Rubout = 0x7F;
    private const int ControlToLetter = 0x40;

    private readonly List<int> _input = new();
    private readonly List<byte> _echo = new();
    private int _finished; // So much of the input are whole lines.

    /// <summary>The settings; they may change at any time.</summary>
    public TerminalSettings Settings { get; private set; } = new();

    /// <summary>What is to be shown on the terminal, in bytes; whoever shows it empties it.</summary>
    public List<byte> Echo => _echo;

    /// <summary>Whether a read would find something: a byte, or the end of the input.</summary>
    public bool IsReady => Settings.IsByLine ? _finished != 0 : ReadyBytes >= Least;

    /// <summary>How many bytes a read could have at once.</summary>
    public int ReadyBytes => Settings.IsByLine ? CountOfBytes(_finished) : CountOfBytes(_input.Count);

    private int Least => Settings.LeastBytes == 0 ? 1 : Settings.LeastBytes;

    /// <summary>The usual settings, and nothing typed.</summary>
    public void Reset()
    {
        Settings = new TerminalSettings();
        Forget();
    }

    /// <summary>Throws away what was typed.</summary>
    public void Forget()
    {
        _input.Clear();
        _finished = 0;
    }

    /// <summary>Takes a byte that was typed; the number of the signal that it stands for, or 0.</summary>
    public int Type(byte value)
    {
        TerminalSettings settings = Settings;
        int signal = settings.HasSignals ? SignalOf(value) : 0;
        if (signal != 0)
        {
            Show(value);
            if (!settings.IsKept) Forget();
            return signal;
        }

        if (value == Return && settings.IsReturnDropped) return 0;
        if (value == Return && settings.IsReturnLine) value = Line;
        else if (value == Line && settings.IsLineReturn) value = Return;
        if (settings.IsByLine) TypeInLine(value);
        else if (TryAdd(value)) Show(value);
        return 0;
    }

    /// <summary>Takes bytes out, of one line at most when reading is by line; how many. 0 is the end of the input when <see cref="IsReady"/> was true.</summary>
    public int Read(byte[] target, int count)
    {
        bool isByLine = Settings.IsByLine;
        int limit = isByLine ? _finished : _input.Count;
        int taken = 0;
        int copied = 0;
        while (taken < limit && copied < count)
        {
            int value = _input[taken++];
            if (value != EndMark) target[copied++] = (byte)value;
            if (isByLine && value is EndMark or Line) break;
        }

        // An end right behind what just fits belongs to it: it is no end of the input by itself.
        if (isByLine && copied == count && taken < limit && _input[taken] == EndMark && _input[taken - 1] != Line) taken++;
        _input.RemoveRange(0, taken);
        _finished = _finished > taken ? _finished - taken : 0;
        return copied;
    }

    /// <summary>Takes out all that was typed, finished or not.</summary>
    public List<byte> TakeAll()
    {
        List<byte> bytes = new();
        foreach (int value in _input)
        {
            if (value != EndMark) bytes.Add((byte)value);
        }

        Forget();
        return bytes;
    }

    private int SignalOf(byte value)
    {
        if (value == TerminalSettings.Off) return 0;
        if (value == Settings.Interrupt) return InterruptSignal;
        if (value == Settings.Quit) return QuitSignal;
        return value == Settings.Suspend ? StopSignal : 0;
    }

    private void TypeInLine(byte value)
    {
        TerminalSettings settings = Settings;
        bool isCharacter = value != TerminalSettings.Off;
        if (isCharacter && value == settings.Erase) EraseLast();
        else if (isCharacter && value == settings.EraseWord) EraseWord();
        else if (isCharacter && value == settings.EraseLine) EraseAll();
        else if (isCharacter && value == settings.End) Finish(EndMark);
        else if (value == Line)
        {
            Finish(Line);
            if (settings.HasEcho || settings.HasLineEcho) _echo.Add(Line);
        }
        else if (TryAdd(value))
        {
            Show(value);
        }
    }

    // There is always room for the end of a line.
    private void Finish(int end)
    {
        _input.Add(end);
        _finished = _input.Count;
    }

    private bool TryAdd(byte value)
    {
        if (_input.Count >= MostBytes) return false;
        _input.Add(value);
        return true;
    }

    private void EraseAll()
    {
        while (_input.Count > _finished) EraseLast();
    }

    private void EraseWord()
    {
        while (_input.Count > _finished && _input[_input.Count - 1] == Blank) EraseLast();
        while (_input.Count > _finished && _input[_input.Count - 1] != Blank) EraseLast();
    }

    // A character in UTF-8 goes as a whole.
    private void EraseLast()
    {
        if (_input.Count == _finished) return;
        int value;
        do
        {
            value = _input[_input.Count - 1];
            _input.RemoveAt(_input.Count - 1);
        }
        while (_input.Count > _finished && (value & 0xC0) == 0x80);
        if (!Settings.HasEcho) return;
        for (int width = IsControl((byte)value) && Settings.HasControlEcho ? 2 : 1; width > 0; width--)
        {
            _echo.Add((byte)'\b');
            _echo.Add(Blank);
            _echo.Add((byte)'\b');
        }
    }

    private void Show(byte value)
    {
        if (!Settings.HasEcho) return;
        if (IsControl(value) && Settings.HasControlEcho)
        {
            _echo.Add((byte)'^');
            value = (byte)(value ^ ControlToLetter);
        }

        _echo.Add(value);
    }

    private static bool IsControl(byte value) => value is < Blank and not Line and not (byte)'\t' or Rubout;

    private int CountOfBytes(int limit)
    {
        int count = 0;
        for (int index = 0; index < _input.Count && index < limit; index++)
        {
            if (_input[index] != EndMark) count++;
        }

        return count;
    }
}
