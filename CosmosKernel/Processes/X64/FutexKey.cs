namespace MemOS.Processes;

/// <summary>What tells one futex from another (futex(2)): a word of a process, or a word of memory that several may show.</summary>
internal readonly struct FutexKey
{
    private readonly ulong _owner;
    private readonly ulong _place;

    private FutexKey(ulong owner, ulong place)
    {
        _owner = owner;
        _place = place;
    }

    /// <summary>Nothing.</summary>
    internal static FutexKey None => default;

    /// <summary>A word of a process's own.</summary>
    internal static FutexKey Private(int processId, ulong place) => new((ulong)processId, place);

    /// <summary>A word of physical memory.</summary>
    internal static FutexKey Shared(ulong place) => new(ulong.MaxValue, place);

    /// <summary>Whether both are the same word.</summary>
    internal bool Is(FutexKey other) => _owner == other._owner && _place == other._place;
}
