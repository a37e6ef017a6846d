namespace MemOS.Processes;

/// <content>Files: the terminal and those of the archive.</content>
public sealed unsafe partial class SystemCalls
{
    private const string TerminalName = "/dev/tty";
    private const string NullName = "/dev/null";
    private const ulong WriteModes = 3; // O_WRONLY, O_RDWR
    private const ulong Create = 0x40; // O_CREAT
    private const ulong CloseOnExec = 0x8_0000; // O_CLOEXEC
    private const ulong NonBlocking = 0x800; // O_NONBLOCK
    private const ulong OnlyFolder = 0x1_0000; // O_DIRECTORY
    private const ulong CurrentFolder = unchecked((ulong)-100); // AT_FDCWD
    private const ulong MostVectors = 1024;
    private const ulong EmptyPath = 0x1000; // AT_EMPTY_PATH

    private static long Read(Process process, ulong number, VirtAddrRange target)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        long result = file.ReadTo(process, target);
        return result == Wait && file.IsNonBlocking ? LinuxError.Again : result;
    }

    private static long Write(Process process, ulong number, VirtAddrRange source)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        long result = file.WriteFrom(process, source);
        if (result == LinuxError.BrokenPipe) process.Signals.TryAdd(SignalInfo.From(Signal.Pipe, SignalInfo.ByUser, process.Id, process.UserId));
        return result == Wait && file.IsNonBlocking ? LinuxError.Again : result;
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

    private static long Open(Process process, ulong folder, ulong path, ulong flags)
    {
        long error = LoadPath(process, folder, path, out string name);
        if (error != 0) return error;
        if (name == KillMarkFile.Path) return AddFile(process, new KillMarkFile(process), flags);
        if (name == TerminalName) return AddFile(process, new TerminalFile(), flags);
        if (name == NullName) return AddFile(process, new NullFile(), flags);
        bool isFile = ProgramFiles.TryFind(name, out ArchiveEntry entry);
        if (!isFile && !ArchiveFolder.Exists(name)) return (flags & Create) != 0 ? LinuxError.ReadOnly : LinuxError.NoFile;
        if ((flags & WriteModes) != 0) return isFile ? LinuxError.ReadOnly : LinuxError.IsFolder;
        if (isFile && (flags & OnlyFolder) != 0) return LinuxError.NoFolder;
        return AddFile(process, isFile ? new ArchiveFile(in entry) : new ArchiveFolder(name), flags);
    }

    private static long AddFile(Process process, OpenFile file, ulong flags)
    {
        int number = process.Files.Add(file, 0);
        if (number < 0) return LinuxError.TooManyFiles;
        if ((flags & CloseOnExec) != 0) process.Files.SetClosesOnExec((ulong)number, closes: true);
        return number;
    }

    private static long Control(Process process, CallArguments call)
    {
        OpenFile? file = process.Files.Find(call.A);
        return file == null ? LinuxError.BadFile : file.Control(process, call.B, CallArguments.AddressOf(call.C));
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
        if (file == null) return LinuxError.BadFile;
        ulong identity = file is ArchiveFile archived ? ProgramFiles.NumberOf("/" + archived.Entry.Name) : file is ArchiveFolder folder ? ProgramFiles.NumberOf(folder.Path) : 0;
        return StoreStatus(process, target, file.Mode, file.SizeBytes, identity);
    }

    private static long FileStatusAt(Process process, CallArguments call)
    {
        if (!TryLoadText(process, call.B, out string path)) return LinuxError.BadAddress;
        if (path.Length == 0 && (call.D & EmptyPath) != 0) return FileStatus(process, call.A, call.C);
        return PathStatus(process, call.A, call.B, call.C);
    }

    private static long PathStatus(Process process, ulong folder, ulong path, ulong target)
    {
        long error = LoadPath(process, folder, path, out string name);
        if (error != 0) return error;
        if (ProgramFiles.TryFind(name, out ArchiveEntry entry)) return StoreStatus(process, target, new ArchiveFile(in entry).Mode, entry.SizeBytes, ProgramFiles.NumberOf(name));
        return ArchiveFolder.Exists(name) ? StoreStatus(process, target, ArchiveFolder.FolderMode, 0, ProgramFiles.NumberOf(name)) : LinuxError.NoFile;
    }

    // Nobody writes; everybody else may do everything.
    private static long PathAccess(Process process, ulong folder, ulong path, ulong wanted)
    {
        const ulong WriteAccess = 2;
        const ulong AllAccess = 7;
        if ((wanted & ~AllAccess) != 0) return LinuxError.Invalid;
        long error = LoadPath(process, folder, path, out string name);
        if (error != 0) return error;
        if (!ProgramFiles.TryFind(name, out _) && !ArchiveFolder.Exists(name)) return LinuxError.NoFile;
        return (wanted & WriteAccess) != 0 ? LinuxError.ReadOnly : 0;
    }

    private static long EnterFolder(Process process, ulong path)
    {
        long error = LoadPath(process, CurrentFolder, path, out string name);
        if (error != 0) return error;
        if (!ArchiveFolder.Exists(name)) return ProgramFiles.TryFind(name, out _) ? LinuxError.NoFolder : LinuxError.NoFile;
        process.Folder = name;
        return 0;
    }

    private static long EnterOpenFolder(Process process, ulong number)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        if (file is not ArchiveFolder folder) return LinuxError.NoFolder;
        process.Folder = folder.Path;
        return 0;
    }

    // A path as it is from the root; an error, or 0.
    private static long LoadPath(Process process, ulong folder, ulong address, out string path)
    {
        path = "";
        if (!TryLoadText(process, address, out string text)) return LinuxError.BadAddress;
        if (text.Length == 0) return LinuxError.NoFile;
        string start = process.Folder;
        if (text[0] != '/' && unchecked((int)folder) != unchecked((int)CurrentFolder))
        {
            OpenFile? file = process.Files.Find(folder);
            if (file == null) return LinuxError.BadFile;
            if (file is not ArchiveFolder opened) return LinuxError.NoFolder;
            start = opened.Path;
        }

        path = ProgramPath.Resolve(start, text);
        return 0;
    }

    // struct stat of x86-64: st_dev at 0, st_ino at 8, st_nlink at 16, st_mode at 24, st_size at 48, st_blksize at 56, st_blocks at 64; 144 bytes.
    private static long StoreStatus(Process process, ulong target, uint mode, ulong sizeBytes, ulong identity)
    {
        byte[] status = new byte[144];
        Put(status, 0, identity == 0 ? 0ul : 1, 8);
        Put(status, 8, identity, 8);
        Put(status, 16, 1, 8);
        Put(status, 24, mode, 4);
        Put(status, 48, sizeBytes, 8);
        Put(status, 56, 4096, 8);
        Put(status, 64, (sizeBytes + 511) / 512, 8);
        return Store(process, target, status);
    }

    private static long MakePipe(Process process, ulong target, ulong flags)
    {
        if ((flags & ~(CloseOnExec | NonBlocking)) != 0) return LinuxError.Invalid;
        Pipe pipe = new();
        PipeEnd readEnd = PipeEnd.Reader(pipe);
        PipeEnd writeEnd = PipeEnd.Writer(pipe);
        readEnd.IsNonBlocking = writeEnd.IsNonBlocking = (flags & NonBlocking) != 0;
        long reader = AddFile(process, readEnd, flags);
        long writer = reader < 0 ? reader : AddFile(process, writeEnd, flags);
        long error = writer;
        if (writer >= 0)
        {
            ulong both = (uint)reader | (ulong)writer << 32;
            error = Store(process, target, in both);
        }

        if (error == 0) return 0;
        if (reader >= 0) process.Files.Close((ulong)reader);
        if (writer >= 0) process.Files.Close((ulong)writer);
        return error;
    }

    // fcntl(2). Files of the archive are read only; pipes and the terminal say that they can be written too, each its own end.
    private static long Control(Process process, ulong number, ulong command, ulong argument)
    {
        const ulong Duplicate = 0;
        const ulong GetNumberFlags = 1;
        const ulong SetNumberFlags = 2;
        const ulong GetFlags = 3;
        const ulong SetFlags = 4;
        const ulong DuplicateCloseOnExec = 1030;
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        switch (command)
        {
            case Duplicate:
            case DuplicateCloseOnExec:
                return DuplicateFrom(process, number, argument, command == DuplicateCloseOnExec);
            case GetNumberFlags:
                return process.Files.ClosesOnExec(number) ? 1 : 0;
            case SetNumberFlags:
                process.Files.SetClosesOnExec(number, (argument & 1) != 0);
                return 0;
            case GetFlags:
                return (long)file.AccessMode | (file.IsNonBlocking ? (long)NonBlocking : 0);
            case SetFlags:
                file.IsNonBlocking = (argument & NonBlocking) != 0;
                return 0;
            default:
                return LinuxError.Invalid;
        }
    }

    private static long DuplicateFrom(Process process, ulong number, ulong from, bool closesOnExec)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        if (from >= (ulong)process.Files.Limit) return LinuxError.Invalid;
        int copy = process.Files.Add(file, (int)from);
        if (copy < 0) return LinuxError.TooManyFiles;
        process.Files.SetClosesOnExec((ulong)copy, closesOnExec);
        return copy;
    }

    private static long DuplicateTo(Process process, CallArguments call)
    {
        long result = Duplicate(process, call.A, call.B);
        if (result >= 0) process.Files.SetClosesOnExec((ulong)result, (call.C & CloseOnExec) != 0);
        return result;
    }

    // There is one link: to the program that asks.
    private static long ReadLink(Process process, CallArguments call)
    {
        long found = LoadPath(process, CurrentFolder, call.A, out string path);
        if (found != 0) return found;
        if (path != OwnProgram) return ProgramFiles.TryFind(path, out _) ? LinuxError.Invalid : LinuxError.NoFile;
        byte[] target = new byte[process.Name.Length + 1];
        PutText(target, 0, "/" + process.Name);
        if ((ulong)target.Length > call.C) return LinuxError.NoRoom;
        long error = Store(process, call.B, target);
        return error != 0 ? error : target.Length;
    }

    private static long Folder(Process process, ulong target, ulong sizeBytes)
    {
        byte[] path = new byte[process.Folder.Length + 1];
        if (sizeBytes < (ulong)path.Length) return LinuxError.NoRoom;
        PutText(path, 0, process.Folder);
        long error = Store(process, target, path);
        return error != 0 ? error : path.Length;
    }
}
