using System.Collections.Generic;
using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>What is measured.</summary>
/// <param name="Name">The figure's name, as in the machine.</param>
/// <param name="Title">The column's.</param>
/// <param name="Order">The blocks' order.</param>
/// <param name="Fill">What is in use meanwhile.</param>
/// <param name="Batch">Blocks that are taken before they are given back.</param>
internal sealed record FrameOperation(string Name, string Title, Order Order, MemoryFill Fill, int Batch)
{
    /// <summary>A batch of frames: as many as the kernel hands out at once.</summary>
    public const int BatchFrames = 64;

    public static IReadOnlyList<FrameOperation> All { get; } =
    [
        new("frame.order0.alloc_free", "one frame", Order.Zero, MemoryFill.Empty, 1),
        new("frame.order0.batch64", "of 64", Order.Zero, MemoryFill.Empty, BatchFrames),
        new("frame.order9.alloc_free", "2 MiB", Order.TwoMiB, MemoryFill.Empty, 1),
        new("frame.order0.alloc_free.half_full", "half full", Order.Zero, MemoryFill.EverySecond, 1),
        new("frame.order0.alloc_free.lower_half", "lower half", Order.Zero, MemoryFill.LowerHalf, 1),
    ];
}
