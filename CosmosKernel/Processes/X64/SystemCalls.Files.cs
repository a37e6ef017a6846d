namespace MemOS.Processes;

/// <content>Files: the terminal and those of the archive.</content>
public sealed unsafe partial class SystemCalls
{
    private const ulong WriteModes = 3; // O_WRONLY, O_RDWR
    private const ulong Create = 0x40; // O_CREAT
    private const ulong MostVectors = 1024;
    private const uint CharacterDevice = 0x2190; // S_IFCHR, rw--w----
    private const uint OrdinaryFile = 0x816D; // S_IFREG, r-xr-xr-x

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
        int number = process.Files.Add(OpenFile.Of(in entry), 0);
        return number >= 0 ? number : -24; // EMFILE
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
        if (file.IsTerminal) return LinuxError.NoPosition;
        long from = whence switch
        {
            0 => 0,
            1 => (long)file.Position,
            2 => (long)file.Entry.SizeBytes,
            _ => -1,
        };
        long position = unchecked(from + offset);
        if (from < 0 || position < 0 || (offset > 0 && position < from)) return LinuxError.Invalid;
        file.Position = (ulong)position;
        return position;
    }

    // struct stat of x86-64: st_mode at 24, st_size at 48, st_blksize at 56, st_blocks at 64; 144 bytes.
    private static long FileStatus(Process process, ulong number, ulong target)
    {
        OpenFile? file = process.Files.Find(number);
        if (file == null) return LinuxError.BadFile;
        byte[] status = new byte[144];
        Put(status, 16, 1, 8);
        Put(status, 24, file.IsTerminal ? CharacterDevice : OrdinaryFile, 4);
        Put(status, 48, file.IsTerminal ? 0 : file.Entry.SizeBytes, 8);
        Put(status, 56, 4096, 8);
        Put(status, 64, file.IsTerminal ? 0 : (file.Entry.SizeBytes + 511) / 512, 8);
        return Store(process, target, status);
    }
}
