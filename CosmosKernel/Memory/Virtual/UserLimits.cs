namespace MemOS.Memory.Virtual;

/// <summary>How much memory a process may have, in pages.</summary>
public readonly struct UserLimits
{
    /// <summary>No limits but the machine's.</summary>
    public static UserLimits None => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>All of them.</summary>
    public UserLimits(ulong mappedPages, ulong residentPages, ulong stackPages, ulong dataPages)
    {
        DataPages = dataPages;
        MappedPages = mappedPages;
        ResidentPages = residentPages;
        StackPages = stackPages;
    }

    /// <summary>Pages of all areas (RLIMIT_AS).</summary>
    public ulong MappedPages { get; }

    /// <summary>Pages that have frames (RLIMIT_RSS, which is kept here).</summary>
    public ulong ResidentPages { get; }

    /// <summary>Pages of one stack (RLIMIT_STACK).</summary>
    public ulong StackPages { get; }

    /// <summary>Pages that are private and can be written, stacks apart (RLIMIT_DATA).</summary>
    public ulong DataPages { get; }
}
