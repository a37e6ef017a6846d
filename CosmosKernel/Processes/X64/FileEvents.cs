using System;

namespace MemOS.Processes;

/// <summary>What can be done with an open file without waiting: poll(2)'s bits.</summary>
[Flags]
public enum FileEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>POLLIN: there is something to read, or its end.</summary>
    Readable = 1,

    /// <summary>POLLOUT: there is room.</summary>
    Writable = 4,

    /// <summary>POLLERR: nobody reads what would be written.</summary>
    Broken = 8,

    /// <summary>POLLHUP: nobody writes any more.</summary>
    HungUp = 16,

    /// <summary>POLLNVAL: no such file.</summary>
    NotOpen = 32,
}
