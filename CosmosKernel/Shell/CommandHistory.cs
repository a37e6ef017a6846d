namespace MemOS.Shell;

/// <summary>The last lines that were typed, oldest first; no empty line, none twice in a row.</summary>
public sealed class CommandHistory
{
    private readonly string[] _lines;
    private int _start;

    /// <summary>Creates a history that keeps the last <paramref name="capacity"/> lines.</summary>
    public CommandHistory(int capacity = 100)
    {
        _lines = new string[capacity];
    }

    /// <summary>The number of lines kept.</summary>
    public int Count { get; private set; }

    /// <summary>The line at <paramref name="index"/>, 0 being the oldest that is kept.</summary>
    public string this[int index] => _lines[(_start + index) % _lines.Length];

    /// <summary>Adds a line; drops the oldest when there is no room.</summary>
    public void Add(string line)
    {
        if (line.Length == 0 || (Count > 0 && this[Count - 1] == line)) return;

        if (Count == _lines.Length)
        {
            _lines[_start] = line;
            _start = (_start + 1) % _lines.Length;
            return;
        }

        _lines[(_start + Count) % _lines.Length] = line;
        Count++;
    }
}
