namespace MemOS.Memory.Virtual;

/// <summary>Where the pages of an area come from, and who sees what is written to them.</summary>
public enum AreaKind : byte
{
    /// <summary>Zero at first; what is written is seen by this process, and by a copy of it as it was when the copy was made.</summary>
    Private = 0,

    /// <summary>As <see cref="Private"/>, growing down by itself when the bytes below it are touched.</summary>
    Stack,

    /// <summary>As <see cref="Private"/>; its end is the program's break.</summary>
    Heap,

    /// <summary>A file's bytes at first; then as <see cref="Private"/>.</summary>
    FilePrivate,

    /// <summary>Pages of an object without a file, zero at first; all who map it see what is written.</summary>
    Shared,

    /// <summary>Pages of a file, which no program can write.</summary>
    FileShared,

    /// <summary>Frames of a device in a row.</summary>
    Device,

    /// <summary>Nothing, and nothing is ever put there: every access is a mistake.</summary>
    Guard,
}
