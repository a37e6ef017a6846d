using System;
using System.Diagnostics;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>A replay on <typeparamref name="THeap"/>.</summary>
/// <param name="heap">The heap, empty; the replay owns it.</param>
/// <param name="memoryBytes">What blocks may be asked for at once.</param>
internal sealed unsafe class HeapReplay<THeap>(THeap heap, ulong memoryBytes) : HeapReplay(memoryBytes)
    where THeap : struct, IReplayHeap
{
    private const ulong SmallAlignmentBytes = 8;
    private const ulong AlignmentBytes = 16;

    private THeap _heap = heap;
    private nuint[] _blocks = [];
    private Request[] _requests = [];
    private HeapCounts _counts;
    private ulong _peakFootprintBytes;

    /// <summary>What the block of a slot was asked to be, what it is, and the line that asked first, which marks its content.</summary>
    private struct Request
    {
        public ulong SizeBytes;
        public ulong GrantedBytes;
        public ulong Mark;
    }

    public override HeapCounts Counts => _counts;

    public override ulong PeakFootprintBytes => _heap.PeakFootprintBytes == 0 ? _peakFootprintBytes : _heap.PeakFootprintBytes;

    protected override ulong FootprintBytes
    {
        get
        {
            ulong footprint = _heap.FootprintBytes;
            if (footprint > _peakFootprintBytes) _peakFootprintBytes = footprint;
            return footprint;
        }
    }

    public override void Dispose()
    {
        FreeAll();
        _heap.Dispose();
    }

    protected override string? FindBroken() => _heap.FindBroken();

    protected override TimeSpan Time(ReadOnlySpan<HeapOperation> operations, int slotCount)
    {
        MakeRoom(slotCount);
        long start = Stopwatch.GetTimestamp();
        TimedReplay.Run(ref _heap, operations, _blocks);
        return Stopwatch.GetElapsedTime(start);
    }

    protected override void FreeAll()
    {
        foreach (nuint block in _blocks) _heap.Free((byte*)block);
        _blocks.AsSpan().Clear();
    }

    protected override void Verify(ReadOnlySpan<HeapOperation> operations, int slotCount)
    {
        MakeRoom(slotCount);
        foreach (ref readonly HeapOperation operation in operations)
        {
            try
            {
                Verify(in operation);
            }
            catch (KernelAssertException assertion)
            {
                throw Misbehaved(operation.Line, assertion.Message);
            }
        }
    }

    protected override void VerifyAll(long line)
    {
        for (int slot = 0; slot < _blocks.Length; slot++)
        {
            if (_blocks[slot] != 0) VerifyContent(slot, _requests[slot].SizeBytes, line);
        }
    }

    private void MakeRoom(int slotCount)
    {
        if (_blocks.Length >= slotCount) return;
        int room = Math.Max(slotCount, 2 * _blocks.Length);
        Array.Resize(ref _blocks, room);
        Array.Resize(ref _requests, room);
    }

    private void Verify(ref readonly HeapOperation operation)
    {
        if (operation.Verb == HeapVerb.Free) Free(in operation);
        else if (operation.Verb == HeapVerb.Allocate || _blocks[operation.Slot] == 0) Allocate(in operation);
        else Reallocate(in operation);
    }

    private void Allocate(ref readonly HeapOperation operation)
    {
        if (operation.Verb == HeapVerb.Allocate) _counts.Allocations++;
        else _counts.Reallocations++;
        byte* block = HasRoom(operation.SizeBytes, 0) ? _heap.Allocate((nuint)operation.SizeBytes) : null;
        if (block == null)
        {
            _counts.Failures++;
            return;
        }

        Enter(in operation, block, (ulong)operation.Line);
        BlockContent.Write(block, 0, operation.SizeBytes, (ulong)operation.Line);
    }

    private void Reallocate(ref readonly HeapOperation operation)
    {
        _counts.Reallocations++;
        byte* old = (byte*)_blocks[operation.Slot];
        Request request = _requests[operation.Slot];
        byte* block = HasRoom(operation.SizeBytes, request.SizeBytes) ? _heap.Reallocate(old, (nuint)operation.SizeBytes) : null;
        if (block == null)
        {
            // The old block is as before, which its free will show.
            _counts.Failures++;
            return;
        }

        if (block != old) _counts.Moves++;
        Leave(operation.Slot);
        Enter(in operation, block, request.Mark);
        VerifyContent(operation.Slot, Math.Min(request.SizeBytes, operation.SizeBytes), operation.Line);
        BlockContent.Write(block, request.SizeBytes, operation.SizeBytes, request.Mark);
    }

    private void Free(ref readonly HeapOperation operation)
    {
        _counts.Frees++;
        byte* block = (byte*)_blocks[operation.Slot];
        if (block == null) return;
        VerifyContent(operation.Slot, _requests[operation.Slot].SizeBytes, operation.Line);
        HeapFreeResult result = _heap.Free(block);
        if (result != HeapFreeResult.Ok) throw Misbehaved(operation.Line, $"of a block that it handed out it says: {result.Description()}");
        Leave(operation.Slot);
    }

    private bool HasRoom(ulong newBytes, ulong oldBytes) => newBytes <= MemoryBytes - (_counts.RequestedBytes - oldBytes);

    private void Enter(ref readonly HeapOperation operation, byte* block, ulong mark)
    {
        ulong alignment = operation.SizeBytes <= SmallAlignmentBytes ? SmallAlignmentBytes : AlignmentBytes;
        if ((nuint)block % alignment != 0) throw Misbehaved(operation.Line, $"the block is not aligned to {alignment} bytes");
        ulong granted = _heap.SizeOf(block);
        if (granted < operation.SizeBytes) throw Misbehaved(operation.Line, $"the block holds {granted} bytes only");
        _blocks[operation.Slot] = (nuint)block;
        _requests[operation.Slot] = new Request { SizeBytes = operation.SizeBytes, GrantedBytes = granted, Mark = mark };
        _counts.LiveBlocks++;
        _counts.RequestedBytes += operation.SizeBytes;
        _counts.GrantedBytes += granted;
        _counts.PeakRequestedBytes = Math.Max(_counts.PeakRequestedBytes, _counts.RequestedBytes);
        SizeHistogram.Add(operation.SizeBytes, granted);
    }

    private void Leave(int slot)
    {
        _blocks[slot] = 0;
        _counts.LiveBlocks--;
        _counts.RequestedBytes -= _requests[slot].SizeBytes;
        _counts.GrantedBytes -= _requests[slot].GrantedBytes;
        SizeHistogram.Remove(_requests[slot].GrantedBytes);
    }

    private void VerifyContent(int slot, ulong sizeBytes, long line)
    {
        _counts.VerifiedBlocks++;
        ulong damage = BlockContent.FindDamage((byte*)_blocks[slot], sizeBytes, _requests[slot].Mark);
        if (damage == sizeBytes) return;
        throw Misbehaved(line, $"byte {damage} of the block from line {_requests[slot].Mark} is not what was written");
    }

    private static LabException Misbehaved(long line, string how) => new($"at line {line} the heap fails: {how}");
}
