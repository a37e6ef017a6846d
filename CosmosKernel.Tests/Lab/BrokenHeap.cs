using System.Runtime.InteropServices;
using MemOS.Lab.Heaps;
using MemOS.Memory.Heap;

namespace MemOS.Tests.Lab;

/// <summary>A heap that never gives memory back, with one thing wrong about it.</summary>
internal unsafe struct BrokenHeap(BrokenHeap.Fault fault) : IReplayHeap
{
    private const nuint ArenaBytes = 1 << 16;
    private const nuint HeaderBytes = 16;

    private readonly byte* _arena = (byte*)NativeMemory.AlignedAlloc(ArenaBytes, 16);
    private nuint _used = HeaderBytes;

    internal enum Fault
    {
        HandsOutTwice,
        Overlaps,
        Misaligns,
        GivesTooLittle,
        LosesContentWhenItMoves,
        RefusesFrees,
        BreaksInvariant,
    }

    public readonly ulong FootprintBytes => ArenaBytes;

    public readonly ulong PeakFootprintBytes => ArenaBytes;

    public byte* Allocate(nuint sizeBytes)
    {
        if (fault == Fault.HandsOutTwice) _used = HeaderBytes;
        byte* block = _arena + _used;
        *(nuint*)(block - sizeof(nuint)) = fault == Fault.GivesTooLittle ? sizeBytes - 1 : sizeBytes;
        _used += (sizeBytes + HeaderBytes + 15) & ~(nuint)15;
        if (fault == Fault.Overlaps) _used -= 16;
        return fault == Fault.Misaligns ? block + 4 : block;
    }

    public byte* Reallocate(byte* block, nuint sizeBytes)
    {
        byte* moved = Allocate(sizeBytes);
        if (fault != Fault.LosesContentWhenItMoves) NativeMemory.Copy(block, moved, nuint.Min(SizeOf(block), sizeBytes));
        return moved;
    }

    public readonly HeapFreeResult Free(byte* block) => fault == Fault.RefusesFrees ? HeapFreeResult.Foreign : HeapFreeResult.Ok;

    public readonly nuint SizeOf(byte* block) => *(nuint*)(block - sizeof(nuint));

    public readonly string? FindBroken() => fault == Fault.BreaksInvariant ? "I7" : null;

    public readonly void Dispose() => NativeMemory.AlignedFree(_arena);
}
