using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Counts the pages that show a frame other than the frame of zeros.</summary>
internal struct ResidentCounter : IMappingVisitor
{
    private readonly FrameNumber _zeroFrame;

    /// <summary>None counted yet.</summary>
    internal ResidentCounter(FrameNumber zeroFrame)
    {
        _zeroFrame = zeroFrame;
        Count = 0;
    }

    /// <summary>How many there are.</summary>
    internal ulong Count { get; private set; }

    /// <inheritdoc/>
    public bool Visit(in MappedRun run)
    {
        for (ulong done = 0; done < run.PageCount; done++)
        {
            if (run.Target.ContainingFrame + done != _zeroFrame) Count++;
        }

        return true;
    }
}
