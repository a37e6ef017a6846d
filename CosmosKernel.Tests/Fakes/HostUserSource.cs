using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MemOS.Memory.Frames;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Frames with users, nodes and objects for processes of a test: knows what is out, and can be made to fail. A copy stands for the same.</summary>
public readonly unsafe struct HostUserSource : IUserMemorySource, IDisposable
{
    private readonly State _state;

    /// <summary>Hands out the frames of <paramref name="memory"/>, the first of which is the one of zeros.</summary>
    public HostUserSource(HostMemory memory) => _state = new State(memory);

    public FrameNumber ZeroFrame => _state.ZeroFrame;

    /// <summary>Frames, nodes and objects that are out.</summary>
    public int OutCount => _state.Users.Count + _state.Rooms.Count;

    public int FramesOut => _state.Users.Count;

    public int FramesLeft => _state.Free.Count;

    /// <summary>From now on <paramref name="count"/> allocations succeed, of whatever kind, and all after them fail; -1 lifts the limit.</summary>
    public void FailAfter(int count) => _state.Remaining = count;

    public uint UsersOf(FrameNumber frame) => _state.Users[frame.Value];

    public bool TryAllocateFrame(Zeroing zeroing, out FrameNumber frame)
    {
        frame = default;
        if (!_state.MaySucceed() || !_state.Free.TryPop(out frame)) return false;
        _state.Users.Add(frame.Value, 1);
        if (zeroing == Zeroing.Zeroed) _state.Memory.ZeroFrame(frame);
        else new Span<byte>(_state.Memory.Pointer(frame.Start), (int)FrameNumber.SizeBytes).Fill(0xC3);
        return true;
    }

    public bool TryShareFrame(FrameNumber frame)
    {
        if (!_state.MaySucceed()) return false;
        _state.Users[frame.Value]++;
        return true;
    }

    public void ReleaseFrame(FrameNumber frame)
    {
        KernelAssert.That(_state.Users.ContainsKey(frame.Value), "HostUserSource: a frame that is not out");
        if (--_state.Users[frame.Value] != 0) return;
        _state.Users.Remove(frame.Value);
        _state.Memory.Pointer(frame.Start)[0] = 0xDD;
        _state.Free.Push(frame);
    }

    public bool IsSoleUser(FrameNumber frame) => _state.Users[frame.Value] == 1;

    public bool TryAllocateNode(out AreaNode* node) => TryAllocate(out node);

    public void FreeNode(AreaNode* node) => Free(node);

    public bool TryAllocateObject(out MemoryObject* backing) => TryAllocate(out backing);

    public void EnterObject() => _state.EnterObject(1);

    public void LeaveObject() => _state.EnterObject(-1);

    public void FreeObject(MemoryObject* backing) => Free(backing);

    public void Dispose()
    {
        foreach (nint room in _state.Rooms) NativeMemory.Free((void*)room);
        _state.Rooms.Clear();
    }

    private bool TryAllocate<T>(out T* room)
        where T : unmanaged
    {
        room = null;
        if (!_state.MaySucceed()) return false;
        room = (T*)NativeMemory.Alloc((nuint)sizeof(T));
        new Span<byte>(room, sizeof(T)).Fill(0xEE);
        _state.Rooms.Add((nint)room);
        return true;
    }

    private void Free(void* room)
    {
        KernelAssert.That(_state.Rooms.Remove((nint)room), "HostUserSource: a room that is not out");
        NativeMemory.Free(room);
    }

    private sealed class State
    {
        private int _inObject;

        public State(HostMemory memory)
        {
            Memory = memory;
            for (ulong index = memory.Frames.Count - 1; index > 0; index--) Free.Push(memory.Frames.Start + index);
            ZeroFrame = memory.Frames.Start;
            memory.ZeroFrame(ZeroFrame);
        }

        public HostMemory Memory { get; }

        public void EnterObject(int step)
        {
            _inObject += step;
            KernelAssert.That(_inObject is 0 or 1, "HostUserSource: an object is entered twice, or left");
        }

        public FrameNumber ZeroFrame { get; }

        public Stack<FrameNumber> Free { get; } = new();

        public Dictionary<ulong, uint> Users { get; } = [];

        public HashSet<nint> Rooms { get; } = [];

        public int Remaining { get; set; } = -1;

        public bool MaySucceed()
        {
            if (Remaining == 0) return false;
            if (Remaining > 0) Remaining--;
            return true;
        }
    }
}
