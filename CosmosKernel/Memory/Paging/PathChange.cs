using System;

namespace MemOS.Memory.Paging;

/// <summary>What making the tables on the way to a page has changed of what a processor may hold.</summary>
[Flags]
internal enum PathChange
{
    None = 0,

    /// <summary>An entry of the root was absent and is present.</summary>
    Root = 1 << 0,

    /// <summary>A table allows more than it did.</summary>
    Rights = 1 << 1,
}
