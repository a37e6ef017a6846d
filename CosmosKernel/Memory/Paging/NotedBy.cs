namespace MemOS.Memory.Paging;

/// <summary>Who sets the accessed and dirty bits of entries.</summary>
public enum NotedBy
{
    /// <summary>The processor does, while it walks.</summary>
    Processor = 0,

    /// <summary>
    /// The fault handler may have to: the processor may fault on the first use of a page without accessed, and on the first write
    /// to a page without dirty. A page that must not fault is mapped with both.
    /// </summary>
    Software,
}
