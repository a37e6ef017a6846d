using System;
using System.Collections.Generic;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>The terminal of programs: the kernel's console, with a line discipline between its keys and who reads.</summary>
/// <remarks>
/// Keys are taken while a process runs in the foreground; else they are the shell's. What was typed and not read when that process ends is the shell's too.
/// Processes of other groups than the one in the foreground read the end of the input at once, and may write.
/// </remarks>
public sealed unsafe class Terminal
{
    private const ulong PartBytes = 256;
    private const long MillisecondsPerTenth = 100;

    // Requests (Linux's asm-generic/ioctls.h).
    private const ulong GetSettings = 0x5401;
    private const ulong SetSettings = 0x5402;
    private const ulong SetSettingsLater = 0x5403;
    private const ulong SetSettingsAndForget = 0x5404;
    private const ulong Drain = 0x5409;
    private const ulong Flush = 0x540B;
    private const ulong TakeTerminal = 0x540E;
    private const ulong GetForeground = 0x540F;
    private const ulong SetForeground = 0x5410;
    private const ulong GetSize = 0x5413;
    private const ulong CountUnread = 0x541B;
    private const ulong FlushOutput = 1;

    private readonly LineDiscipline _discipline = new();
    private readonly TerminalText _output = new();
    private readonly TerminalText _echo = new();
    private readonly Queue<char> _unread = new();
    private readonly List<byte> _typed = new();
    private bool _isAtLineStart = true;
    private char _pending;
    private long _lastTyped;
    private long _deadline; // Of the read that waits, when it has one.

    /// <summary>The one terminal.</summary>
    public static Terminal Live { get; } = new();

    /// <summary>The process group in the foreground; 0 for the shell.</summary>
    public int Foreground { get; set; }

    /// <summary>Puts a process group into the foreground, with a terminal as it should be.</summary>
    public void Enter(int groupId)
    {
        Foreground = groupId;
        _isAtLineStart = true;
        _discipline.Reset();
        _pending = '\0';
        FileChanges.Add(this);
    }

    /// <summary>Gives the terminal back to the shell, with what was typed and not read.</summary>
    public void Leave()
    {
        Foreground = 0;
        FileChanges.Add(this);
        BeginLine();
        TerminalText text = new();
        foreach (byte value in _discipline.TakeAll()) text.Add(value);
        foreach (char character in text.Take()) _unread.Enqueue(character);
    }

    /// <summary>Ends the line that programs have begun, if they have.</summary>
    public void BeginLine()
    {
        if (!_isAtLineStart) Show("\n");
    }

    /// <summary>The next key of those that were typed while a program ran, and that it did not read; false when there is none.</summary>
    public bool TryTakeUnread(out ConsoleKeyInfo key)
    {
        key = default;
        if (_unread.Count == 0) return false;
        char character = _unread.Dequeue();
        key = new ConsoleKeyInfo(character, character == '\n' ? ConsoleKey.Enter : default, false, false, false);
        return true;
    }

    /// <summary>Takes the keys that have come; the number of a signal that one of them stands for, or 0.</summary>
    public int Poll()
    {
        while (Console.KeyAvailable)
        {
            KeyBytes.Add(Console.ReadKey(intercept: true), ref _pending, _typed);
            _lastTyped = Environment.TickCount64;
            int signal = 0;
            for (int index = 0; index < _typed.Count && signal == 0; index++) signal = _discipline.Type(_typed[index]);
            _typed.Clear();
            FileChanges.Add(this);
            WriteEcho();
            if (signal != 0) return signal;
        }

        return 0;
    }

    /// <summary>Whether there is something to read for who is in the foreground.</summary>
    public bool HasInput => _discipline.Settings.IsByLine ? _discipline.IsReady : _discipline.ReadyBytes != 0;

    /// <summary>Reads into a process; how many bytes, or an error, or <see cref="SystemCalls.Wait"/>.</summary>
    public long Read(Process process, VirtAddrRange target)
    {
        if (target.SizeBytes == 0 || process.GroupId != Foreground) return 0;
        if (!_discipline.IsReady && !IsTimeUp(process)) return SystemCalls.Wait;
        _deadline = 0;
        byte[] part = new byte[target.SizeBytes < LineDiscipline.MostBytes ? target.SizeBytes : LineDiscipline.MostBytes];
        int count = _discipline.Read(part, part.Length);
        fixed (byte* first = part) return process.Memory.CopyTo(target.Start, first, (ulong)count) == (ulong)count ? count : LinuxError.BadAddress;
    }

    /// <summary>Writes what a process has; how many bytes, or an error.</summary>
    public long Write(Process process, VirtAddrRange source)
    {
        byte[] part = new byte[PartBytes];
        ulong done = 0;
        while (done < source.SizeBytes)
        {
            ulong wanted = source.SizeBytes - done < PartBytes ? source.SizeBytes - done : PartBytes;
            ulong copied;
            fixed (byte* first = part) copied = process.Memory.CopyFrom(first, source.Start + done, wanted);
            for (ulong index = 0; index < copied; index++) _output.Add(part[index]);
            Show(_output.Take());
            done += copied;
            if (copied < wanted) return done != 0 ? (long)done : LinuxError.BadAddress;
        }

        return (long)done;
    }

    /// <summary>What ioctl(2) is asked of a terminal (ioctl_tty(2)); a result, or an error.</summary>
    public long Control(Process process, ulong request, VirtAddr argument)
    {
        switch (request)
        {
            case GetSettings:
                return Store(process, argument, _discipline.Settings.Bytes);
            case SetSettings or SetSettingsLater or SetSettingsAndForget:
                if (process.GroupId != Foreground) return LinuxError.InputOutput;
                if (request == SetSettingsAndForget) _discipline.Forget();
                return Load(process, argument, _discipline.Settings.Bytes);
            case Flush:
                if (argument.Value != FlushOutput) _discipline.Forget();
                return 0;
            case Drain or TakeTerminal:
                return 0;
            case GetSize:
                byte[] size = { (byte)Console.WindowHeight, 0, (byte)Console.WindowWidth, 0, 0, 0, 0, 0 };
                return Store(process, argument, size);
            case GetForeground:
                return StoreNumber(process, argument, Foreground);
            case SetForeground:
                byte[] group = new byte[sizeof(int)];
                if (Load(process, argument, group) != 0) return LinuxError.BadAddress;
                int number = BitConverter.ToInt32(group, 0);
                if (number <= 0) return LinuxError.Invalid;
                Foreground = number;
                FileChanges.Add(this);
                return 0;
            case CountUnread:
                return StoreNumber(process, argument, _discipline.ReadyBytes);
            default:
                return LinuxError.NoTerminal;
        }
    }

    // Whether a read that is not by line has waited as long as it wants to, or does not want to wait at all; else it looks again when it will have.
    private bool IsTimeUp(Process process)
    {
        TerminalSettings settings = _discipline.Settings;
        if (settings.IsByLine) return false;
        long limit = settings.WaitTenths * MillisecondsPerTenth;
        long now = Environment.TickCount64;
        if (settings.LeastBytes != 0)
        {
            if (limit == 0 || _discipline.ReadyBytes == 0) return false;
            process.LookTime = _lastTyped + limit;
            return now - _lastTyped >= limit;
        }

        if (_deadline == 0) _deadline = now + limit;
        process.LookTime = _deadline;
        return now >= _deadline;
    }

    private void WriteEcho()
    {
        foreach (byte value in _discipline.Echo) _echo.Add(value);
        _discipline.Echo.Clear();
        Show(_echo.Take());
    }

    private void Show(string text)
    {
        if (text.Length == 0) return;
        _isAtLineStart = text[text.Length - 1] == '\n';
        ProgramOutput.Write(text);
    }

    private static long StoreNumber(Process process, VirtAddr target, int number) => Store(process, target, BitConverter.GetBytes(number));

    private static long Store(Process process, VirtAddr target, byte[] bytes)
    {
        fixed (byte* first = bytes) return process.Memory.CopyTo(target, first, (ulong)bytes.Length) == (ulong)bytes.Length ? 0 : LinuxError.BadAddress;
    }

    // All or nothing: what cannot be read whole changes nothing.
    private static long Load(Process process, VirtAddr source, byte[] bytes)
    {
        byte[] loaded = new byte[bytes.Length];
        fixed (byte* first = loaded)
        {
            if (process.Memory.CopyFrom(first, source, (ulong)bytes.Length) != (ulong)bytes.Length) return LinuxError.BadAddress;
        }

        loaded.CopyTo(bytes, 0);
        return 0;
    }
}
