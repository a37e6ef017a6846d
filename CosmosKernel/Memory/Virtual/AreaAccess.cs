using System;

namespace MemOS.Memory.Virtual;

/// <summary>What a program may do with the bytes of an area; the values are those of mmap's PROT_ (POSIX, sys/mman.h, as Linux numbers them).</summary>
[Flags]
public enum AreaAccess : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1,

    /// <summary>Write; x86 cannot let a page be written and not read.</summary>
    Write = 2,

    /// <summary>Execute; never together with writing.</summary>
    Execute = 4,
}
