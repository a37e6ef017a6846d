using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Lab;
using MemOS.Primitives;

namespace MemOS.Bench.Frames.Peers;

/// <summary>The floor: a stack of free blocks of one size, which knows nothing else and checks nothing.</summary>
internal unsafe struct FreeListPeer : IFramePeer
{
    private const uint End = uint.MaxValue;

    private readonly HostBlock _links;
    private readonly uint* _next;
    private uint _first;

    /// <param name="memoryFrames">The frames that there are.</param>
    /// <param name="order">The only order that it has blocks of.</param>
    public FreeListPeer(ulong memoryFrames, Order order)
    {
        uint count = (uint)(memoryFrames >> order.Value);
        _links = new HostBlock(count * sizeof(uint));
        _next = (uint*)_links.Bytes;
        _first = End;
        for (uint block = count; block-- > 0;) Push(block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(Order order, out ulong block)
    {
        uint first = _first;
        block = first;
        if (first == End) return false;
        _first = _next[first];
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(ulong block, Order order) => Push((uint)block);

    public List<ulong> TakeAll(ulong limit) => Batches.TakeAll(ref this, limit);

    public void RunBatch() => Batches.OneByOne(ref this);

    public readonly void Dispose() => _links.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(uint block)
    {
        _next[block] = _first;
        _first = block;
    }
}
