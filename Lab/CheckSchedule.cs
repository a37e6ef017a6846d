namespace MemOS.Lab;

/// <summary>When invariants are checked: after so many operations again and again, or after 1000 and each time there are twice as many.</summary>
/// <param name="distance">After how many; 0 for the second.</param>
internal sealed class CheckSchedule(long distance)
{
    private const long FirstCheck = 1000;

    private long _next = distance == 0 ? FirstCheck : distance;

    /// <summary>How many operations after <paramref name="operation"/> the next check is due.</summary>
    public long Until(long operation) => _next - operation;

    /// <summary>Whether a check is due after <paramref name="operation"/> operations; the next one is later then.</summary>
    public bool TakeDue(long operation)
    {
        if (operation != _next) return false;
        _next += distance == 0 ? _next : distance;
        return true;
    }
}
