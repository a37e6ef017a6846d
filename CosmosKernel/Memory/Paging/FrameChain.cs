using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>Frames of zeros, linked through their first word: no storage but the frames themselves.</summary>
/// <remarks>The link is a frame's address, whose lowest bits are 0: read as an entry of a page table it is absent.</remarks>
internal struct FrameChain<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private readonly TMemory _memory;
    private FrameNumber _first;

    public FrameChain(TMemory memory)
    {
        _memory = memory;
        _first = default;
        Count = 0;
    }

    public ulong Count { get; private set; }

    public void Push(FrameNumber frame)
    {
        _memory.WriteWord(frame.Start, _first.Start.Value);
        _first = frame;
        Count++;
    }

    /// <summary>Takes a frame out, all zeros again; there must be one.</summary>
    public FrameNumber Pop()
    {
        KernelAssert.That(Count != 0, "FrameChain: empty");
        FrameNumber frame = _first;
        _first = PhysAddr.FromTrusted(_memory.ReadWord(frame.Start)).ContainingFrame;
        _memory.WriteWord(frame.Start, 0);
        Count--;
        return frame;
    }
}
