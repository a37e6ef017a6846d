using System.Collections.Generic;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Frames that are only numbers. A frame that the processor still reaches must not come back.</summary>
public readonly struct HostFrames(HostTlb tlb, int count) : IFrameSource
{
    private readonly HashSet<ulong> _out = [];
    private readonly Stack<ulong> _free = Numbers(count);

    public int OutCount => _out.Count;

    public bool TryAllocate(out FrameNumber frame)
    {
        bool isThere = _free.TryPop(out ulong number);
        frame = FrameNumber.FromTrusted(number);
        if (isThere) _out.Add(number);
        return isThere;
    }

    public void Free(FrameNumber frame)
    {
        KernelAssert.That(_out.Remove(frame.Value), "HostFrames: a frame that is not out");
        KernelAssert.That(!tlb.Holds(frame), "HostFrames: the processor still reaches the frame");
        _free.Push(frame.Value);
    }

    private static Stack<ulong> Numbers(int count)
    {
        Stack<ulong> numbers = new();
        for (int number = count; number > 0; number--) numbers.Push(0x5_0000UL + ((ulong)number * 3));
        return numbers;
    }
}
