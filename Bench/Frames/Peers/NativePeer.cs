using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemOS.Lab;
using MemOS.Primitives;

namespace MemOS.Bench.Frames.Peers;

/// <summary>A C library's <c>aligned_alloc</c> and <c>free</c>, called through pointers, the collector not told: a few instructions a call.</summary>
internal readonly unsafe struct NativePeer : IFramePeer
{
    private readonly delegate* unmanaged[SuppressGCTransition]<nuint, nuint, void*> _allocate;
    private readonly delegate* unmanaged[SuppressGCTransition]<void*, void> _free;

    /// <param name="library">The library's file name.</param>
    /// <exception cref="LabException">It cannot be loaded.</exception>
    public NativePeer(string library)
    {
        nint handle = HostLibrary.Load(library);
        _allocate = (delegate* unmanaged[SuppressGCTransition]<nuint, nuint, void*>)NativeLibrary.GetExport(handle, "aligned_alloc");
        _free = (delegate* unmanaged[SuppressGCTransition]<void*, void>)NativeLibrary.GetExport(handle, "free");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(Order order, out ulong block)
    {
        block = (ulong)_allocate((nuint)order.SizeBytes, (nuint)order.SizeBytes);
        return block != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(ulong block, Order order) => _free((void*)block);

    public List<ulong> TakeAll(ulong limit)
    {
        NativePeer self = this;
        return Batches.TakeAll(ref self, limit);
    }

    public void RunBatch()
    {
        NativePeer self = this;
        Batches.OneByOne(ref self);
    }

    public void Dispose()
    {
    }
}
