using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Where page tables come from.</summary>
/// <remarks>Used as a struct type parameter and copied freely: an instance is a handle, its state lies elsewhere.</remarks>
public interface ITableFrameSource
{
    /// <summary>Hands out a frame whose bytes are all 0; false when there is none.</summary>
    bool TryAllocate(out FrameNumber frame);

    /// <summary>Takes back a frame that no processor uses as a table any more. Its bytes are all 0 but for the first eight.</summary>
    void Free(FrameNumber frame);
}
