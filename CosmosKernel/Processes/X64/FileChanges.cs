namespace MemOS.Processes;

/// <summary>The sources of files that changed under the process table's lock: who waits for one is asked to look again before the lock is given back.</summary>
internal static class FileChanges
{
    private static object? s_source;

    /// <summary>Whether something has changed since <see cref="Forget"/>.</summary>
    internal static bool HasAny { get; private set; }

    /// <summary>Notes that <paramref name="source"/> has changed.</summary>
    internal static void Add(object source)
    {
        s_source = !HasAny || s_source == source ? source : null; // Of several, none is named.
        HasAny = true;
    }

    /// <summary>Whether <paramref name="source"/> may have changed; null is any.</summary>
    internal static bool Concern(object? source) => s_source == null || source == null || s_source == source;

    /// <summary>Who waited has been asked to look.</summary>
    internal static void Forget()
    {
        s_source = null;
        HasAny = false;
    }
}
