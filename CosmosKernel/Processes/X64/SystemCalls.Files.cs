namespace MemOS.Processes;

/// <content>Files: the terminal and those of the archive.</content>
public sealed unsafe partial class SystemCalls
{
    private const ulong WriteModes = 3; // O_WRONLY, O_RDWR
    private const ulong Create = 0x40; // O_CREAT
    private const ulong MostVectors = 1024;
    private const ulong EmptyPath = 0x1000; // AT_EMPTY_PATH

    private static long Read(Process process, ulong number, VirtAddrRange target)
    {
        OpenFile? file = process.Files.Find(number);
        return file == null ? LinuxError.BadFile : file.ReadTo(process, target);
    }

    private static long Write(Process process, ulong number, VirtAddrRange source)
    {
        OpenFile? file = process.Files.Find(number);
        return file == null ? LinuxError.BadFile : file.WriteFrom(process, source);
    }

    private static long Vector(Process process, CallArguments call, bool isWrite)
    {
        if (call.C > MostVectors) return LinuxError.Invalid;
        long done = 0;
        for (ulong index = 0; index < call.C; index++)
        {
            ulong at = unchecked(call.B + (index * 16));
            if (!TryLoadWord(process, at, out ulong start) || !TryLoadWord(process, unchecked(at + 8), out ulong sizeBytes)) return done != 0 ? done : LinuxError.BadAddress;
            VirtAddrRange part = new(CallArguments.AddressOf(start), sizeBytes);
            long result = isWrite ? Write(process, call.A, part) : Read(process, call.A, part);
            if (result < 0) return done != 0 ? done : result;
            done += result;
            if ((ulong)result < sizeBytes) break;
        }

        return done;
    }

    private static long Open(Process process, ulong path, ulong flags)
    {
        if (!TryLoadText(process, path, out string name)) return LinuxError.BadAddress;
        if (!ProgramFiles.TryFind(name, out ArchiveEntry entry)) return (flags & Create) != 0 ? LinuxError.ReadOnly : LinuxError.NoFile;
        if ((flags & WriteModes) != 0) return LinuxError.ReadOnly;
        int number = process.Files.Add(new ArchiveFile(in entry), 0);
        return number >= 0 ? number : LinuxError.TooManyFiles;
    }

    private static long Duplicate(Process process, ulong number, ulong target)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null || target > int.MaxValue) return LinuxError.BadFile;
        if (number == target) return (long)target;
        return process.Files.Put((int)target, file) ? (long)target : LinuxError.BadFile;
    }

    private static long Seek(Process process, ulong number, long offset, ulong whence)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        if (!file.HasPosition) return LinuxError.NoPosition;
        long from = whence switch
        {
            0 => 0,
            1 => (long)file.Position,
            2 => (long)file.SizeBytes,
            _ => -1,
        };
        long position = unchecked(from + offset);
        if (from < 0 || position < 0 || (offset > 0 && position < from)) return LinuxError.Invalid;
        file.Position = (ulong)position;
        return position;
    }

    private static long FileStatus(Process process, ulong number, ulong target)
    {
        OpenFile? file = process.Files.Find(number);
        return file == null ? LinuxError.BadFile : StoreStatus(process, target, file.Mode, file.SizeBytes);
    }

    private static long FileStatusAt(Process process, CallArguments call)
    {
        if (!TryLoadText(process, call.B, out string path)) return LinuxError.BadAddress;
        if (path.Length == 0 && (call.D & EmptyPath) != 0) return FileStatus(process, call.A, call.C);
        if (!ProgramFiles.TryFind(path, out ArchiveEntry entry)) return LinuxError.NoFile;
        return StoreStatus(process, call.C, new ArchiveFile(in entry).Mode, entry.SizeBytes);
    }

    // struct stat of x86-64: st_nlink at 16, st_mode at 24, st_size at 48, st_blksize at 56, st_blocks at 64; 144 bytes.
    private static long StoreStatus(Process process, ulong target, uint mode, ulong sizeBytes)
    {
        byte[] status = new byte[144];
        Put(status, 16, 1, 8);
        Put(status, 24, mode, 4);
        Put(status, 48, sizeBytes, 8);
        Put(status, 56, 4096, 8);
        Put(status, 64, (sizeBytes + 511) / 512, 8);
        return Store(process, target, status);
    }

    private static long MakePipe(Process process, ulong target)
    {
        Pipe pipe = new();
        int reader = process.Files.Add(PipeEnd.Reader(pipe), 0);
        int writer = reader < 0 ? -1 : process.Files.Add(PipeEnd.Writer(pipe), 0);
        byte[] numbers = new byte[8];
        long error = LinuxError.TooManyFiles;
        if (writer >= 0)
        {
            Put(numbers, 0, (ulong)reader, 4);
            Put(numbers, 4, (ulong)writer, 4);
            error = Store(process, target, numbers);
        }

        if (error == 0) return 0;
        if (reader >= 0) process.Files.Close((ulong)reader);
        if (writer >= 0) process.Files.Close((ulong)writer);
        return error;
    }

    private static long Control(Process process, ulong number, ulong command, ulong argument)
    {
        const ulong Duplicate = 0;
        const ulong GetFlags = 3;
        const ulong DuplicateCloseOnExec = 1030;
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        if (command is not Duplicate and not DuplicateCloseOnExec) return command > GetFlags + 1 ? LinuxError.Invalid : command == GetFlags ? 2 : 0;
        if (argument >= OpenFiles.MostFiles) return LinuxError.Invalid;
        int copy = process.Files.Add(file, (int)argument);
        return copy >= 0 ? copy : LinuxError.TooManyFiles;
    }

    // There is one link: to the program that asks.
    private static long ReadLink(Process process, CallArguments call)
    {
        if (!TryLoadText(process, call.A, out string path)) return LinuxError.BadAddress;
        if (path != OwnProgram) return ProgramFiles.TryFind(path, out _) ? LinuxError.Invalid : LinuxError.NoFile;
        byte[] target = new byte[process.Name.Length + 1];
        PutText(target, 0, "/" + process.Name);
        if ((ulong)target.Length > call.C) return LinuxError.NoRoom;
        long error = Store(process, call.B, target);
        return error != 0 ? error : target.Length;
    }

    private static long Folder(Process process, ulong target, ulong sizeBytes)
    {
        if (sizeBytes < 2) return LinuxError.NoRoom;
        byte[] root = new byte[2];
        root[0] = (byte)'/';
        long error = Store(process, target, root);
        return error != 0 ? error : root.Length;
    }
}
