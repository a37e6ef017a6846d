namespace MemOS.Boot;

/// <summary>The values of <c>heap.policy=</c>: how the kernel heap finds room.</summary>
public enum HeapPolicy : byte
{
    /// <summary>Slabs. The default.</summary>
    Slab,

    /// <summary>Free lists by exact size.</summary>
    QuickFit,

    /// <summary>The first hole that is large enough.</summary>
    FirstFit,
}
