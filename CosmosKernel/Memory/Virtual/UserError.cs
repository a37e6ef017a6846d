namespace MemOS.Memory.Virtual;

/// <summary>Why an operation on a process's memory was refused; the values are Linux's error numbers (errno(3)).</summary>
public enum UserError
{
    /// <summary>Done.</summary>
    None = 0,

    /// <summary>EPERM: the lowest pages are never mapped.</summary>
    NotPermitted = 1,

    /// <summary>ENOMEM: there is no memory, no room among the addresses, a limit would be passed, or a page of the range is in no area.</summary>
    NoMemory = 12,

    /// <summary>EACCES: nobody may do that with such pages.</summary>
    AccessDenied = 13,

    /// <summary>EFAULT: an address that is not the program's.</summary>
    BadAddress = 14,

    /// <summary>EEXIST: something is mapped there.</summary>
    Exists = 17,

    /// <summary>EINVAL: what was asked for makes no sense.</summary>
    Invalid = 22,
}
