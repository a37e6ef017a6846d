namespace MemOS.Memory.Heap;

/// <summary>How closely a heap looks at what its callers do.</summary>
public enum HeapWatch : byte
{
    /// <summary>Frees of what is no block are refused and counted; nothing else.</summary>
    None,

    /// <summary>Each live block is known with its call site, age, size and kind.</summary>
    Tracked,

    /// <summary>As <see cref="Tracked"/>; blocks lie between red zones, and freed ones are kept, filled with a pattern, before they are used again.</summary>
    Checked,
}
