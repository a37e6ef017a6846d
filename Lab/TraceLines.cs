using System;
using System.Buffers.Text;
using System.IO;
using System.Text;

namespace MemOS.Lab;

/// <summary>A trace's lines, read piece by piece: a trace may be longer than memory.</summary>
/// <param name="stream">The trace.</param>
/// <param name="name">What errors call it.</param>
/// <param name="forms">The lines that there may be, for the error about one that is none of them.</param>
internal sealed class TraceLines(Stream stream, string name, string forms)
{
    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>The number of the last line that was read.</summary>
    public long Line { get; private set; }

    /// <summary>The bytes of the lines that were read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next line that is neither empty nor a remark, which starts with <c>#</c>; it is good until the next call.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LabException">A line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (TryReadLine(out line))
        {
            Line++;
            line = line.Trim(" \t\r"u8);
            if (!line.IsEmpty && line[0] != '#') return true;
        }

        return false;
    }

    /// <summary>What a line is that has none of the forms.</summary>
    public LabException Malformed(ReadOnlySpan<byte> line) => Wrong($"not {forms}: {Encoding.UTF8.GetString(line)}");

    /// <summary>An error that names the last line that was read.</summary>
    public LabException Wrong(string what) => Wrong(Line, what);

    /// <summary>An error that names a line.</summary>
    public LabException Wrong(long line, string what) => new($"{name}:{line}: {what}");

    /// <summary>The part of <paramref name="rest"/> before the next blanks, which go with it.</summary>
    public static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..].TrimStart(" \t"u8);
        return word;
    }

    /// <summary>The next word as a number: digits, below 2^64.</summary>
    public static bool TryTakeNumber(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        ReadOnlySpan<byte> word = TakeWord(ref rest);
        return Utf8Parser.TryParse(word, out value, out int used) && used == word.Length && word[0] is >= (byte)'0' and <= (byte)'9';
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0)
        {
            if (TryFill()) continue;
            length = _end - _start;
            if (length == 0)
            {
                line = default;
                return false;
            }

            break;
        }

        line = _buffer.AsSpan(_start, length);
        _start = Math.Min(_start + length + 1, _end);
        BytesRead += length + 1;
        return true;
    }

    /// <summary>Reads more behind the line that has begun; false at the end.</summary>
    private bool TryFill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == BufferBytes) throw Wrong(Line + 1, $"not {forms}, but more than {BufferBytes - 1} bytes");
        int read = stream.Read(_buffer, _end, BufferBytes - _end);
        _end += read;
        return read != 0;
    }
}
