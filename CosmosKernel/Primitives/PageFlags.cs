using System;

namespace MemOS.Primitives;

/// <summary>What a mapping allows and how it behaves, in words of no architecture; each paging format maps these to its bits.</summary>
/// <remarks>Numbered as x86 has its bits, where it has them: its formats then map most of them by one AND.</remarks>
[Flags]
public enum PageFlags
{
    /// <summary>Nothing: not mapped.</summary>
    None = 0,

    /// <summary>The page is mapped, and can be read.</summary>
    Present = 1 << 0,

    /// <summary>The page can be written.</summary>
    Writable = 1 << 1,

    /// <summary>User code can reach the page.</summary>
    User = 1 << 2,

    /// <summary>Writes go to memory at once.</summary>
    WriteThrough = 1 << 3,

    /// <summary>The page is not cached: device registers.</summary>
    CacheDisabled = 1 << 4,

    /// <summary>The processor has used the translation.</summary>
    Accessed = 1 << 5,

    /// <summary>The processor has written through the translation.</summary>
    Dirty = 1 << 6,

    /// <summary>The page is not cached and writes may be gathered: a framebuffer.</summary>
    WriteCombining = 1 << 7,

    /// <summary>The translation is the same in every address space and outlives a switch between them.</summary>
    Global = 1 << 8,

    /// <summary>Instructions can be fetched from the page.</summary>
    Executable = 1 << 9,
}
