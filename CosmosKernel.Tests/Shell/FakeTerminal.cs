using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MemOS.Shell;

namespace MemOS.Tests.Shell;

/// <summary>A terminal that types given keys and shows, as a real one does, what was written.</summary>
internal sealed class FakeTerminal : ITerminal
{
    private readonly Queue<ConsoleKeyInfo> _keys = new();
    private readonly StringBuilder _written = new();
    private readonly List<StringBuilder> _rows = new() { new StringBuilder() };

    /// <summary>Every character written, in order.</summary>
    public string Written => _written.ToString();

    /// <summary>The rows that a viewer sees.</summary>
    public string[] Rows => _rows.Select(row => row.ToString()).ToArray();

    /// <summary>The row that the cursor is in.</summary>
    public string LastRow => _rows[^1].ToString();

    public int Column { get; private set; }

    public int Clears { get; private set; }

    public int KeysLeft => _keys.Count;

    /// <summary>Whole lines of output, without the last, unfinished one.</summary>
    public string[] Lines => Written.Split('\n')[..^1];

    public void Type(string text)
    {
        foreach (char character in text)
        {
            ConsoleKey key = character switch
            {
                '\n' => ConsoleKey.Enter,
                '\t' => ConsoleKey.Tab,
                '\b' => ConsoleKey.Backspace,
                _ => default,
            };
            _keys.Enqueue(new ConsoleKeyInfo(character, key, false, false, false));
        }
    }

    public void Press(params ConsoleKey[] keys)
    {
        foreach (ConsoleKey key in keys) _keys.Enqueue(new ConsoleKeyInfo('\0', key, false, false, false));
    }

    public void PressControl(params ConsoleKey[] keys)
    {
        foreach (ConsoleKey key in keys)
        {
            char character = key is >= ConsoleKey.A and <= ConsoleKey.Z ? (char)(key - ConsoleKey.A + 1) : '\0';
            _keys.Enqueue(new ConsoleKeyInfo(character, key, false, false, true));
        }
    }

    public ConsoleKeyInfo ReadKey() => _keys.Dequeue();

    public void Write(string text)
    {
        _written.Append(text);
        foreach (char character in text) Show(character);
    }

    public void Clear()
    {
        Clears++;
        _rows.Clear();
        _rows.Add(new StringBuilder());
        Column = 0;
    }

    private void Show(char character)
    {
        StringBuilder row = _rows[^1];
        if (character == '\n')
        {
            _rows.Add(new StringBuilder());
            Column = 0;
        }
        else if (character == '\b')
        {
            Column--;
        }
        else
        {
            if (Column == row.Length) row.Append(' ');
            row[Column++] = character;
        }
    }
}
