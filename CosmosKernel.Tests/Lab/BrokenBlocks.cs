using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Tests.Lab;

/// <summary>An algorithm with a fault: the lab must not believe it.</summary>
public unsafe struct BrokenBlocks : IBlockAllocator
{
    private ulong _taken;
    private ulong _frames;

    /// <summary>What can be wrong with it.</summary>
    public enum Fault
    {
        HandsOutTwice,
        Misaligned,
        Miscounts,
    }

    /// <summary>What is wrong with it now.</summary>
    public static Fault Current { get; set; }

    public readonly ulong FreeFrames => _frames - _taken - (Current == Fault.Miscounts && _taken != 0 ? 1UL : 0UL);

    public readonly ulong MetadataBytes(uint chunkCount) => 0;

    public void Initialize(in ZoneFrames zone, byte* storage)
    {
    }

    public void Add(FrameRange frames) => _frames += frames.Count;

    public readonly bool TryRemove(FrameRange frames) => false;

    public bool TryTake(Order order, out FrameNumber frame)
    {
        ulong start = Current == Fault.Misaligned ? _taken + 1 : Current == Fault.HandsOutTwice ? 0 : _taken;
        frame = FrameNumber.FromTrusted(start);
        _taken += order.FrameCount;
        return true;
    }

    public readonly bool TryTakeRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        frames = default;
        return false;
    }

    public readonly void Give(FrameNumber frame, Order order)
    {
    }

    public readonly bool IsFree(FrameNumber frame) => frame.Value >= _taken;

    public readonly ulong FreeBlocks(Order order) => 0;

    public readonly string? Validate() => null;
}
