namespace MemOS.Processes;

/// <summary>What a process can be limited in: Linux's numbers (getrlimit(2)).</summary>
public enum ResourceKind
{
    /// <summary>RLIMIT_CPU: seconds; kept, and nothing else.</summary>
    Time = 0,

    /// <summary>RLIMIT_FSIZE: bytes of a file; there are none to be written.</summary>
    FileBytes = 1,

    /// <summary>RLIMIT_DATA: bytes that are private and can be written, stacks apart.</summary>
    Data = 2,

    /// <summary>RLIMIT_STACK: bytes of the stack.</summary>
    Stack = 3,

    /// <summary>RLIMIT_CORE: bytes of a core file; there are none.</summary>
    Core = 4,

    /// <summary>RLIMIT_RSS: bytes that have frames. Linux keeps it only; here who passes it is ended.</summary>
    Resident = 5,

    /// <summary>RLIMIT_NPROC: processes of the user. Linux lets user 0 pass it; here nobody does.</summary>
    Processes = 6,

    /// <summary>RLIMIT_NOFILE: numbers of open files are below it.</summary>
    Files = 7,

    /// <summary>RLIMIT_MEMLOCK: kept, and nothing else.</summary>
    Locked = 8,

    /// <summary>RLIMIT_AS: bytes of all areas.</summary>
    Mapped = 9,

    /// <summary>The last one, RLIMIT_RTTIME; those between are kept, and nothing else.</summary>
    Last = 15,
}
