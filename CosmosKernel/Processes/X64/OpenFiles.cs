namespace MemOS.Processes;

/// <summary>What a process has open, by number; 0, 1 and 2 are the terminal at first.</summary>
/// <remarks>Room is made before anything is counted: when there is none, nothing has changed.</remarks>
public sealed class OpenFiles
{
    /// <summary>Numbers are below this, whatever the limit.</summary>
    public const int MostFiles = 1024;

    private OpenFile?[] _files;
    private bool[] _closesOnExec;

    /// <summary>The terminal three times.</summary>
    public OpenFiles()
        : this(8)
    {
        OpenFile terminal = new TerminalFile();
        for (int number = 0; number < 3; number++) Put(number, terminal);
    }

    private OpenFiles(int room)
    {
        _files = new OpenFile?[room];
        _closesOnExec = new bool[room];
    }

    /// <summary>Numbers are below this (RLIMIT_NOFILE).</summary>
    public int Limit { get; set; } = 64;

    /// <summary>What is open as <paramref name="number"/>; null when nothing is.</summary>
    public OpenFile? Find(ulong number) => number < (ulong)_files.Length ? _files[(int)number] : null;

    /// <summary>Gives <paramref name="file"/> the lowest free number from <paramref name="from"/> on; -1 when there are too many.</summary>
    public int Add(OpenFile file, int from)
    {
        int number = from;
        while (number < _files.Length && _files[number] != null) number++;
        return Put(number, file) ? number : -1;
    }

    /// <summary>Gives <paramref name="file"/> this number; what had it is closed. False when numbers do not go so far.</summary>
    public bool Put(int number, OpenFile file)
    {
        if (number >= Limit) return false;
        MakeRoomFor(number);
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
        _closesOnExec[(int)number] = false;
        file.DropUser();
        return true;
    }

    /// <summary>Whether another program in this one's place finds the number closed (FD_CLOEXEC).</summary>
    public bool ClosesOnExec(ulong number) => number < (ulong)_files.Length && _closesOnExec[(int)number];

    /// <summary>Says whether it does, of a number that is open.</summary>
    public void SetClosesOnExec(ulong number, bool closes) => _closesOnExec[(int)number] = closes;

    /// <summary>The same files, each with one user more.</summary>
    public OpenFiles Copy()
    {
        OpenFiles copy = new(_files.Length) { Limit = Limit };
        for (int number = 0; number < _files.Length; number++)
        {
            OpenFile? file = _files[number];
            if (file == null) continue;
            file.AddUser();
            copy._files[number] = file;
            copy._closesOnExec[number] = _closesOnExec[number];
        }

        return copy;
    }

    /// <summary>Closes what another program is not to find.</summary>
    public void CloseForExec()
    {
        for (int number = 0; number < _files.Length; number++)
        {
            if (_closesOnExec[number]) Close((ulong)number);
        }
    }

    /// <summary>Closes everything.</summary>
    public void CloseAll()
    {
        for (int number = 0; number < _files.Length; number++) Close((ulong)number);
    }

    private void MakeRoomFor(int number)
    {
        if (number < _files.Length) return;
        int room = _files.Length;
        while (room <= number) room *= 2;
        OpenFile?[] files = new OpenFile?[room];
        bool[] closesOnExec = new bool[room];
        for (int index = 0; index < _files.Length; index++)
        {
            files[index] = _files[index];
            closesOnExec[index] = _closesOnExec[index];
        }

        _files = files;
        _closesOnExec = closesOnExec;
    }
}
