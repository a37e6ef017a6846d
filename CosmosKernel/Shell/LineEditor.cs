using System;
using System.Collections.Generic;

namespace MemOS.Shell;

/// <summary>Reads lines with editing, history and completion.</summary>
/// <remarks>
/// <para>
/// Keys: the arrows, Home, End, Delete, Backspace; Tab completes; Control with A and E (start, end), B and F (left, right), C (give
/// the line up), D (delete), K and U (erase to the end, to the start), L (clear the screen), P and N (history), W (erase a word),
/// and the arrows (by words).
/// </para>
/// <para>
/// What is typed at the end of the line is echoed as it is and nothing else is written, so the transcript of a script is
/// exactly the prompts, the lines and the answers. Changes inside the line rewrite what stands behind the cursor and go back with
/// backspaces. The kernel's own screen goes back over a wrapped row too; a terminal that does not should be wider than the line.
/// </para>
/// </remarks>
public sealed class LineEditor
{
    /// <summary>Characters in the longest line; what is typed beyond is not taken.</summary>
    public const int MaximumLength = 1024;

    private readonly ITerminal _terminal;
    private readonly CommandHistory _history;
    private readonly ILineCompleter _completer;
    private EditBuffer _line = new();
    private string _prompt = string.Empty;
    private string _draft = string.Empty;
    private int _historyPlace;

    /// <summary>Creates an editor on <paramref name="terminal"/>.</summary>
    public LineEditor(ITerminal terminal, CommandHistory history, ILineCompleter completer)
    {
        _terminal = terminal;
        _history = history;
        _completer = completer;
    }

    /// <summary>Writes <paramref name="prompt"/> and reads a line, which goes into the history.</summary>
    public string ReadLine(string prompt)
    {
        _prompt = prompt;
        Begin();
        while (true)
        {
            ConsoleKeyInfo key = _terminal.ReadKey();
            if (key.Key == ConsoleKey.Enter)
            {
                MoveTo(_line.Length);
                _terminal.Write("\n");
                string line = _line.ToString();
                _history.Add(line);
                return line;
            }

            Handle(key);
        }
    }

    private void Begin()
    {
        _line = new EditBuffer();
        _draft = string.Empty;
        _historyPlace = _history.Count;
        _terminal.Write(_prompt);
    }

    private void Handle(ConsoleKeyInfo key)
    {
        bool control = (key.Modifiers & ConsoleModifiers.Control) != 0;
        bool alternate = (key.Modifiers & ConsoleModifiers.Alt) != 0;
        if (control && HandleControl(key.Key)) return;
        if (HandleEditing(key.Key)) return;

        if (!control && !alternate && key.KeyChar >= ' ' && key.KeyChar != '\x7F' && !char.IsSurrogate(key.KeyChar))
        {
            Insert(key.KeyChar);
        }
    }

    private bool HandleEditing(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.Backspace:
                if (_line.Cursor > 0) Erase(_line.Cursor - 1, 1);
                return true;
            case ConsoleKey.Delete:
                if (_line.Cursor < _line.Length) Erase(_line.Cursor, 1);
                return true;
            case ConsoleKey.LeftArrow:
                MoveTo(_line.Cursor - 1);
                return true;
            case ConsoleKey.RightArrow:
                MoveTo(_line.Cursor + 1);
                return true;
            case ConsoleKey.Home:
                MoveTo(0);
                return true;
            case ConsoleKey.End:
                MoveTo(_line.Length);
                return true;
            case ConsoleKey.UpArrow:
                GoToHistory(_historyPlace - 1);
                return true;
            case ConsoleKey.DownArrow:
                GoToHistory(_historyPlace + 1);
                return true;
            case ConsoleKey.Tab:
                Complete();
                return true;
            default:
                return false;
        }
    }

    private bool HandleControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.LeftArrow:
                MoveTo(_line.WordStart());
                return true;
            case ConsoleKey.RightArrow:
                MoveTo(_line.WordEnd());
                return true;
            case ConsoleKey.C:
                MoveTo(_line.Length);
                _terminal.Write("^C\n");
                Begin();
                return true;
            case ConsoleKey.K:
                Erase(_line.Cursor, _line.Length - _line.Cursor);
                return true;
            case ConsoleKey.U:
                Erase(0, _line.Cursor);
                return true;
            case ConsoleKey.W:
                int start = _line.WordStart();
                Erase(start, _line.Cursor - start);
                return true;
            case ConsoleKey.L:
                _terminal.Clear();
                Redisplay();
                return true;
            default:
                ConsoleKey plain = WithoutControl(key);
                return plain != default && HandleEditing(plain);
        }
    }

    private static ConsoleKey WithoutControl(ConsoleKey key) => key switch
    {
        ConsoleKey.A => ConsoleKey.Home,
        ConsoleKey.B => ConsoleKey.LeftArrow,
        ConsoleKey.D => ConsoleKey.Delete,
        ConsoleKey.E => ConsoleKey.End,
        ConsoleKey.F => ConsoleKey.RightArrow,
        ConsoleKey.H => ConsoleKey.Backspace,
        ConsoleKey.N => ConsoleKey.DownArrow,
        ConsoleKey.P => ConsoleKey.UpArrow,
        _ => default,
    };

    private void Insert(char character)
    {
        if (_line.Length == MaximumLength) return;

        int place = _line.Cursor;
        _line.Insert(character);
        _terminal.Write(_line.From(place));
        Back(_line.Length - _line.Cursor);
    }

    private void InsertAll(string text)
    {
        foreach (char character in text) Insert(character);
    }

    private void Erase(int start, int count)
    {
        if (count == 0) return;

        MoveTo(start);
        _line.Remove(start, count);
        _terminal.Write(_line.From(start) + new string(' ', count));
        Back(_line.Length - start + count);
    }

    private void MoveTo(int place)
    {
        int before = _line.Cursor;
        _line.MoveTo(place);
        if (_line.Cursor < before) Back(before - _line.Cursor);
        else if (_line.Cursor > before) _terminal.Write(_line.From(before).Substring(0, _line.Cursor - before));
    }

    private void Back(int count)
    {
        if (count > 0) _terminal.Write(new string('\b', count));
    }

    private void Redisplay()
    {
        _terminal.Write(_prompt + _line);
        Back(_line.Length - _line.Cursor);
    }

    private void GoToHistory(int place)
    {
        if (place < 0 || place > _history.Count) return;

        if (_historyPlace == _history.Count) _draft = _line.ToString();
        _historyPlace = place;
        Erase(0, _line.Length);
        InsertAll(place == _history.Count ? _draft : _history[place]);
    }

    private void Complete()
    {
        string before = _line.BeforeCursor;
        List<string> candidates = _completer.Complete(before);
        if (candidates.Count == 0) return;

        int typed = before.Length - (before.LastIndexOf(' ') + 1);
        string common = CommonPrefix(candidates);
        if (candidates.Count == 1)
        {
            InsertAll(common.Substring(typed) + " ");
        }
        else if (common.Length > typed)
        {
            InsertAll(common.Substring(typed));
        }
        else
        {
            int cursor = _line.Cursor;
            MoveTo(_line.Length);
            _terminal.Write("\n" + string.Join("  ", candidates) + "\n");
            _line.MoveTo(cursor);
            Redisplay();
        }
    }

    private static string CommonPrefix(List<string> words)
    {
        string prefix = words[0];
        foreach (string word in words)
        {
            int length = 0;
            while (length < prefix.Length && length < word.Length && prefix[length] == word[length]) length++;
            prefix = prefix.Substring(0, length);
        }

        return prefix;
    }
}
