using System.Threading;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>The machine's memory for processes: frames from the zones, counted there, and raw blocks.</summary>
public readonly unsafe struct ProcessSource : IUserMemorySource
{
    private static OpenLock s_lock = new(LockRank.Objects);
    private static FrameNumber s_zeroFrame;
    private static bool s_hasZeroFrame;

    /// <summary>How often the lock of the objects' pages was taken, and waited for.</summary>
    public static LockStatistics LockStatistics => s_lock.Statistics;

    /// <inheritdoc/>
    public FrameNumber ZeroFrame => s_zeroFrame;

    /// <summary>Takes the frame of zeros, once; false without memory.</summary>
    public static bool TryStart()
    {
        if (Volatile.Read(ref s_hasZeroFrame)) return true;
        s_lock.Acquire(default(OpenGuard));
        if (!s_hasZeroFrame)
            Volatile.Write(ref s_hasZeroFrame, KernelMemory.Frames.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.Kernel).Cleared(), out s_zeroFrame));
        s_lock.Release(default(OpenGuard));
        return s_hasZeroFrame;
    }

    /// <inheritdoc/>
    public bool TryAllocateFrame(Zeroing zeroing, out FrameNumber frame)
    {
        bool isAllocated = KernelMemory.Frames.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.User), out frame);
        if (!isAllocated) KernelMemory.CountShortage();
        else if (zeroing == Zeroing.Zeroed) default(DirectMap).ZeroFrame(frame);
        return isAllocated;
    }

    /// <inheritdoc/>
    public bool TryShareFrame(FrameNumber frame) => KernelMemory.Frames.TryAddReference(frame);

    /// <inheritdoc/>
    public void ReleaseFrame(FrameNumber frame)
    {
        if (KernelMemory.Frames.TryDropReference(frame)) return;
        FreeResult result = KernelMemory.Frames.Free(frame, Order.Zero);
        KernelAssert.That(result == FreeResult.Ok, "ProcessSource: a frame of a process was not allocated");
    }

    /// <inheritdoc/>
    public bool IsSoleUser(FrameNumber frame) => KernelMemory.Frames.ReferencesOf(frame) == 1;

    /// <inheritdoc/>
    public bool TryAllocateNode(out AreaNode* node)
    {
        node = (AreaNode*)KernelMemory.Heap.Allocate((nuint)sizeof(AreaNode));
        if (node == null) KernelMemory.CountShortage();
        return node != null;
    }

    /// <inheritdoc/>
    public void FreeNode(AreaNode* node) => KernelMemory.Heap.Free(node);

    /// <inheritdoc/>
    public bool TryAllocateObject(out MemoryObject* backing)
    {
        backing = (MemoryObject*)KernelMemory.Heap.Allocate((nuint)sizeof(MemoryObject));
        if (backing == null) KernelMemory.CountShortage();
        return backing != null;
    }

    /// <inheritdoc/>
    public void EnterObject() => s_lock.Acquire(default(OpenGuard));

    /// <inheritdoc/>
    public void LeaveObject() => s_lock.Release(default(OpenGuard));

    /// <inheritdoc/>
    public void FreeObject(MemoryObject* backing) => KernelMemory.Heap.Free(backing);
}
