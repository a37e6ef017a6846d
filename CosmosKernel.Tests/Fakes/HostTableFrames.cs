using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>A source of table frames over a <see cref="HostMemory"/> that knows which are out, and can be made to fail.</summary>
public readonly struct HostTableFrames : ITableFrameSource
{
    private readonly State _state;

    private HostTableFrames(State state) => _state = state;

    public int OutCount => _state.Out.Count;

    public int FreeCount => _state.Free.Count;

    public static HostTableFrames Over(HostMemory memory)
    {
        State state = new(memory);
        for (FrameNumber frame = memory.Frames.Start; frame < memory.Frames.End; frame++) state.Free.Push(frame);
        return new HostTableFrames(state);
    }

    /// <summary>From now on <paramref name="count"/> allocations succeed, and all after them fail; -1 lifts the limit.</summary>
    public void FailAfter(int count) => _state.Remaining = count;

    public bool TryAllocate(out FrameNumber frame)
    {
        frame = default;
        if (_state.Remaining == 0 || !_state.Free.TryPop(out frame)) return false;
        if (_state.Remaining > 0) _state.Remaining--;
        _state.Out.Add(frame.Value);
        _state.Memory.ZeroFrame(frame);
        return true;
    }

    public void Free(FrameNumber frame)
    {
        KernelAssert.That(_state.Out.Remove(frame.Value), "HostTableFrames: a frame that is not out");
        for (ulong offset = sizeof(ulong); offset < FrameNumber.SizeBytes; offset += sizeof(ulong))
        {
            KernelAssert.That(_state.Memory.ReadWord(frame.Start + offset) == 0, "HostTableFrames: the table still has entries");
        }

        _state.Free.Push(frame);
    }

    private sealed class State(HostMemory memory)
    {
        public HostMemory Memory { get; } = memory;

        public Stack<FrameNumber> Free { get; } = new();

        public HashSet<ulong> Out { get; } = [];

        public int Remaining { get; set; } = -1;
    }
}
