namespace MemOS.SelfTest;

/// <summary>Tells how time goes by.</summary>
public interface IWallClock
{
    /// <summary>Milliseconds since a moment that stays the same; never less than before.</summary>
    ulong Milliseconds { get; }
}
