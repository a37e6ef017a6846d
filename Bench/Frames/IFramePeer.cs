using System;
using System.Collections.Generic;
using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>Something that hands out blocks of frames; a struct, so that the loop around it is compiled for it.</summary>
internal interface IFramePeer : IDisposable
{
    /// <summary>Takes a block; false when there is none.</summary>
    /// <param name="order">Its size.</param>
    /// <param name="block">Its frame's number, or its address: what <see cref="Give"/> wants.</param>
    bool TryTake(Order order, out ulong block);

    /// <summary>Gives a block back.</summary>
    void Give(ulong block, Order order);

    /// <summary>Takes single frames until there are none, or <paramref name="limit"/> are taken.</summary>
    List<ulong> TakeAll(ulong limit);

    /// <summary>Takes <see cref="FrameOperation.BatchFrames"/> frames, then gives them back, the best way that it has.</summary>
    void RunBatch();
}
