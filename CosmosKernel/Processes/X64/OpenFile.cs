using System;

namespace MemOS.Processes;

/// <summary>The terminal, or a file of the archive, as programs have it open.</summary>
public sealed unsafe class OpenFile
{
    private readonly ArchiveEntry _entry;

    private OpenFile(bool isTerminal, ArchiveEntry entry)
    {
        IsTerminal = isTerminal;
        _entry = entry;
    }

    /// <summary>How many numbers of processes stand for it.</summary>
    public int Users { get; set; }

    /// <summary>Whether it is the terminal.</summary>
    public bool IsTerminal { get; }

    /// <summary>Where the next byte is read.</summary>
    public ulong Position { get; set; }

    /// <summary>The file, when it is no terminal.</summary>
    public ArchiveEntry Entry => _entry;

    /// <summary>The terminal.</summary>
    public static OpenFile Terminal() => new(isTerminal: true, default) { Users = 1 };

    /// <summary>A file of the archive.</summary>
    public static OpenFile Of(in ArchiveEntry entry) => new(isTerminal: false, entry);

    /// <summary>Reads bytes into a process, as many as there are; how many, or an error.</summary>
    /// <remarks>The terminal has nothing for programs: they are at its end at once.</remarks>
    public long ReadTo(Process process, VirtAddrRange target)
    {
        if (IsTerminal || Position >= _entry.SizeBytes) return 0;
        ulong left = _entry.SizeBytes - Position;
        ulong count = target.SizeBytes < left ? target.SizeBytes : left;
        ulong copied = process.Memory.CopyTo(target.Start, _entry.Bytes + Position, count);
        if (copied == 0 && count != 0) return LinuxError.BadAddress;
        Position += copied;
        return (long)copied;
    }

    /// <summary>Writes bytes of a process; how many, or an error.</summary>
    public long WriteFrom(Process process, VirtAddrRange source)
    {
        if (!IsTerminal) return LinuxError.BadFile;
        byte[] part = new byte[256];
        ulong done = 0;
        while (done < source.SizeBytes)
        {
            ulong wanted = source.SizeBytes - done < 256 ? source.SizeBytes - done : 256;
            ulong copied;
            fixed (byte* first = part) copied = process.Memory.CopyFrom(first, source.Start + done, wanted);
            Print(part, (int)copied);
            done += copied;
            if (copied < wanted) return done != 0 ? (long)done : LinuxError.BadAddress;
        }

        return (long)done;
    }

    private static void Print(byte[] bytes, int count)
    {
        char[] text = new char[count];
        for (int index = 0; index < count; index++) text[index] = (char)bytes[index];
        Console.Write(new string(text));
    }
}
