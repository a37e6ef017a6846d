using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>A source of table frames over a <see cref="HostMemory"/> that knows which are out, and can be made to fail.</summary>
public readonly struct HostTableFrames : ITableFrameSource
{
    private readonly State _state;

    private HostTableFrames(State state) => _state = state;

    public int OutCount => _state.Out.Count;

    /// <summary>The numbers of the frames that are out, in order.</summary>
    public IEnumerable<ulong> OutFrames => _state.Out.Order();

    public int FreeCount => _state.Free.Count;

    public static HostTableFrames Over(HostMemory memory) => Over(WatchedMemory.Of(memory));

    public static HostTableFrames Over(WatchedMemory memory) => Over(memory, PageNumber.Shift);

    public static HostTableFrames Over(HostMemory memory, int tableShift) => Over(WatchedMemory.Of(memory), tableShift);

    /// <summary>Tables of 2^<paramref name="tableShift"/> bytes, each of one or more frames.</summary>
    public static HostTableFrames Over(WatchedMemory memory, int tableShift)
    {
        State state = new(memory, 1UL << tableShift);
        ulong frames = state.TableBytes / FrameNumber.SizeBytes;
        KernelAssert.That(memory.Frames.Start.Start.IsAligned(state.TableBytes), "HostTableFrames: misaligned memory");
        for (ulong frame = 0; frame < memory.Frames.Count; frame += frames) state.Free.Push(memory.Frames.Start + frame);
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
        for (ulong part = 0; part < _state.TableBytes; part += FrameNumber.SizeBytes) _state.Memory.ZeroFrame((frame.Start + part).ContainingFrame);
        return true;
    }

    public void Free(FrameNumber frame)
    {
        KernelAssert.That(_state.Out.Remove(frame.Value), "HostTableFrames: a frame that is not out");
        for (ulong offset = sizeof(ulong); offset < _state.TableBytes; offset += sizeof(ulong))
        {
            KernelAssert.That(_state.Memory.ReadWord(frame.Start + offset) == 0, "HostTableFrames: the table still has entries");
        }

        _state.Memory.Watcher?.Freeing(frame);
        _state.Free.Push(frame);
    }

    private sealed class State(WatchedMemory memory, ulong tableBytes)
    {
        public ulong TableBytes { get; } = tableBytes;

        public WatchedMemory Memory { get; } = memory;

        public Stack<FrameNumber> Free { get; } = new();

        public HashSet<ulong> Out { get; } = [];

        public int Remaining { get; set; } = -1;
    }
}
