namespace MemOS.Collections;

/// <summary>The place of a lock in the order of locks: while one is held, only locks of lower ranks may be taken.</summary>
public enum LockRank : byte
{
    /// <summary>A zone's frames.</summary>
    Zone,

    /// <summary>Which sections of memory are ready, and which frames are reserved.</summary>
    Sections,

    /// <summary>A heap.</summary>
    Heap,

    /// <summary>An address space.</summary>
    AddressSpace,

    /// <summary>What there is once for the whole kernel.</summary>
    Global,

    /// <summary>The console: of an <see cref="OpenLock"/>, as all from here on.</summary>
    Console,

    /// <summary>The pages of objects that several processes show.</summary>
    Objects,

    /// <summary>Processes, as far as they are not their own processors'.</summary>
    Processes,
}
