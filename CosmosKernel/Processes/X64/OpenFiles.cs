using System.Collections.Generic;

namespace MemOS.Processes;

/// <summary>What a process has open, by number; 0, 1 and 2 are the terminal at first.</summary>
public sealed class OpenFiles
{
    /// <summary>Numbers are below this.</summary>
    public const int MostFiles = 64;

    private readonly List<OpenFile?> _files = new();

    /// <summary>The terminal three times.</summary>
    public OpenFiles()
    {
        OpenFile terminal = new TerminalFile();
        for (int number = 0; number < 3; number++) Put(number, terminal);
    }

    /// <summary>What is open as <paramref name="number"/>; null when nothing is.</summary>
    public OpenFile? Find(ulong number) => number < (ulong)_files.Count ? _files[(int)number] : null;

    /// <summary>Gives <paramref name="file"/> the lowest free number from <paramref name="from"/> on; -1 when there are too many.</summary>
    public int Add(OpenFile file, int from)
    {
        int number = from;
        while (number < _files.Count && _files[number] != null) number++;
        return Put(number, file) ? number : -1;
    }

    /// <summary>Gives <paramref name="file"/> this number; what had it is closed. False when numbers do not go so far.</summary>
    public bool Put(int number, OpenFile file)
    {
        if (number >= MostFiles) return false;
        while (_files.Count <= number) _files.Add(null);
        file.AddUser();
        Close((ulong)number);
        _files[number] = file;
        return true;
    }

    /// <summary>Closes a number; false when nothing was open there.</summary>
    public bool Close(ulong number)
    {
        OpenFile? file = Find(number);
        if (file == null) return false;
        _files[(int)number] = null;
        file.DropUser();
        return true;
    }

    /// <summary>The same files, each with one user more.</summary>
    public OpenFiles Copy()
    {
        OpenFiles copy = new();
        copy.CloseAll();
        for (int number = 0; number < _files.Count; number++)
        {
            OpenFile? file = _files[number];
            if (file != null) copy.Put(number, file);
        }

        return copy;
    }

    /// <summary>Closes everything.</summary>
    public void CloseAll()
    {
        for (int number = 0; number < _files.Count; number++) Close((ulong)number);
    }
}
