using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Is told what happens to a <see cref="WatchedMemory"/>, before it happens.</summary>
public interface IMemoryWatcher
{
    void Writing(PhysAddr address, ulong oldValue, ulong newValue);

    /// <summary>Whoever had the frame as a page table gives it back.</summary>
    void Freeing(FrameNumber frame);
}
