namespace MemOS.Memory.Tlb;

/// <summary>Which address space translations belong to, and how often they were to be forgotten: one in each address space.</summary>
/// <remarks>It is used where it lies; the address space's lock guards it.</remarks>
public struct SpaceTag
{
    /// <summary>The tag of a space that no processor has seen.</summary>
    /// <param name="id">A number that no other space has, or ever had.</param>
    public SpaceTag(ulong id)
    {
        Id = id;
        Generation = 0;
    }

    /// <summary>The space's number, never used again.</summary>
    public ulong Id { get; }

    /// <summary>How many flushes there were: a processor that has seen fewer holds something stale.</summary>
    public ulong Generation { get; private set; }

    internal void CountFlush() => Generation++;
}
