namespace MemOS.Processes;

/// <summary>A pipe: a ring of bytes between those who write and those who read (pipe(7)).</summary>
public sealed class Pipe
{
    /// <summary>How many bytes it holds; as many are written at once or not at all (POSIX's PIPE_BUF, limits.h).</summary>
    public const int CapacityBytes = 4096;

    private readonly byte[] _bytes = new byte[CapacityBytes];
    private int _first;

    /// <summary>The bytes in it.</summary>
    public int Count { get; private set; }

    /// <summary>Whether someone can still write.</summary>
    public bool HasWriter { get; set; } = true;

    /// <summary>Whether someone can still read.</summary>
    public bool HasReader { get; set; } = true;

    /// <summary>The room that is left.</summary>
    public int Room => CapacityBytes - Count;

    /// <summary>Puts a byte in; there must be room.</summary>
    public void Put(byte value)
    {
        _bytes[(_first + Count) % CapacityBytes] = value;
        Count++;
    }

    /// <summary>The byte <paramref name="index"/> bytes after the next one to be read.</summary>
    public byte this[int index] => _bytes[(_first + index) % CapacityBytes];

    /// <summary>Drops the first <paramref name="count"/> bytes.</summary>
    public void Drop(int count)
    {
        _first = (_first + count) % CapacityBytes;
        Count -= count;
    }
}
