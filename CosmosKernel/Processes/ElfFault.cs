namespace MemOS.Processes;

/// <summary>Why a file is no program that can be run.</summary>
public enum ElfFault
{
    /// <summary>It is one.</summary>
    None = 0,

    /// <summary>It does not begin as an ELF file does, or ends within what it must have.</summary>
    NotElf,

    /// <summary>It is not for 64-bit x86.</summary>
    OtherMachine,

    /// <summary>It is no program: an object file, a core, a library that cannot be run by itself.</summary>
    NoProgram,

    /// <summary>It asks for a dynamic linker.</summary>
    Dynamic,

    /// <summary>A segment lies where no program may have one, overlaps another, or is not where its place in the file allows.</summary>
    BadSegment,

    /// <summary>A segment could be written and executed.</summary>
    WritableAndExecutable,
}
