namespace MemOS.Processes;

/// <summary>Results of system calls that did not do what was asked: Linux's error numbers (errno(3)), which programs get negative.</summary>
public static class LinuxError
{
    /// <summary>EPERM: not this program.</summary>
    public const long NotPermitted = -1;

    /// <summary>ENOENT: no such file.</summary>
    public const long NoFile = -2;

    /// <summary>ESRCH: no such process.</summary>
    public const long NoProcess = -3;

    /// <summary>EINTR: a signal came while the call was waiting.</summary>
    public const long Interrupted = -4;

    /// <summary>EIO: not from the background.</summary>
    public const long InputOutput = -5;

    /// <summary>E2BIG: the arguments are too long.</summary>
    public const long TooLong = -7;

    /// <summary>ENOEXEC: the file is no program.</summary>
    public const long NoProgram = -8;

    /// <summary>EBADF: no such open file.</summary>
    public const long BadFile = -9;

    /// <summary>ECHILD: no child to wait for.</summary>
    public const long NoChild = -10;

    /// <summary>EAGAIN: not now.</summary>
    public const long Again = -11;

    /// <summary>ENOMEM: no memory.</summary>
    public const long NoMemory = -12;

    /// <summary>EACCES: nobody may do that.</summary>
    public const long AccessDenied = -13;

    /// <summary>EFAULT: an address that is not the program's.</summary>
    public const long BadAddress = -14;

    /// <summary>ENODEV: what is open cannot do that.</summary>
    public const long NoDevice = -19;

    /// <summary>ENOTDIR: a file is where a folder is wanted.</summary>
    public const long NoFolder = -20;

    /// <summary>EISDIR: a folder has no bytes.</summary>
    public const long IsFolder = -21;

    /// <summary>EINVAL: what was asked for makes no sense.</summary>
    public const long Invalid = -22;

    /// <summary>ENOTTY: not a terminal.</summary>
    public const long NoTerminal = -25;

    /// <summary>ESPIPE: it has no position.</summary>
    public const long NoPosition = -29;

    /// <summary>EROFS: files cannot be written here.</summary>
    public const long ReadOnly = -30;

    /// <summary>EPIPE: nobody reads any more.</summary>
    public const long BrokenPipe = -32;

    /// <summary>ERANGE: there is not room for it.</summary>
    public const long NoRoom = -34;

    /// <summary>EMFILE: too many open files.</summary>
    public const long TooManyFiles = -24;

    /// <summary>EOVERFLOW: a number is too large for what it counts.</summary>
    public const long Overflow = -75;

    /// <summary>EOPNOTSUPP: there is no such variety of it.</summary>
    public const long NotSupported = -95;

    /// <summary>ETIMEDOUT: it was time.</summary>
    public const long TimedOut = -110;

    /// <summary>ENOSYS: there is no such call.</summary>
    public const long NoCall = -38;
}
