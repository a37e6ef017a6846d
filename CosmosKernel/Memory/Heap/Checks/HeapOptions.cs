using MemOS.Boot;

namespace MemOS.Memory.Heap;

/// <summary>How a heap is set up, and what it calls to tell of its callers. The default is the plain heap.</summary>
public unsafe struct HeapOptions
{
    /// <summary>How closely it looks.</summary>
    public HeapWatch Watch { get; set; }

    /// <summary>What serves blocks up to 16 KiB: the name of one of <see cref="HeapPolicies"/>; empty for slabs.</summary>
    public TextSlice Policy { get; set; }

    /// <summary>Writes return addresses, the innermost first, into a buffer of so many words; returns how many. Null for none.</summary>
    public delegate*<nuint*, uint, uint> Capture { get; set; }

    /// <summary>What time it is, in any unit. Null for none.</summary>
    public delegate*<ulong> Clock { get; set; }

    /// <summary>Is told of each fault as it is found; the heap's tables are whole then, but it must not allocate. Null for none.</summary>
    public delegate*<HeapFault*, void> Report { get; set; }

    /// <summary>Pages between two that are not mapped; false when there are none. Null when there is no such thing yet.</summary>
    public delegate*<ulong, byte**, bool> AllocateGuarded { get; set; }

    /// <summary>Unmaps and gives back what <see cref="AllocateGuarded"/> gave.</summary>
    public delegate*<byte*, void> FreeGuarded { get; set; }
}
