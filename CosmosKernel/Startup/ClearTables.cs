using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>A few page tables that went out of use, to be used again as they are.</summary>
/// <remarks>
/// A table goes out of use when its last entry has been cleared, so all of it is zero, which is what a new one has to be. A program that maps
/// and unmaps a page where nothing else is gives up two tables each time and wants them back. The frames stay the page tables'.
/// </remarks>
internal unsafe struct ClearTables
{
    /// <summary>As many as an address space of a small program has.</summary>
    private const int Capacity = 8;

    private fixed ulong _frames[Capacity];
    private int _count;

    /// <summary>How many are kept.</summary>
    internal readonly int Count => _count;

    /// <summary>Takes one that was kept; false when there is none.</summary>
    internal bool TryTake(out FrameNumber frame)
    {
        frame = default;
        if (_count == 0) return false;
        frame = FrameNumber.FromTrusted(_frames[--_count]); // SAFETY: below the capacity.
        return true;
    }

    /// <summary>Keeps one that is clear; false when there is no room.</summary>
    internal bool TryKeep(FrameNumber frame)
    {
        if (_count == Capacity) return false;
        _frames[_count++] = frame.Value; // SAFETY: below the capacity.
        return true;
    }
}
