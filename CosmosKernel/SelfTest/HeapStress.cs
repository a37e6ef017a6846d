using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Heap;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>Allocates, resizes and frees raw blocks at random, in every way there is, beside a model of what it has.</summary>
/// <typeparam name="TPages">Where the heap's pages come from.</typeparam>
/// <typeparam name="TProcessor">The processor that runs it.</typeparam>
/// <remarks>
/// What it gets must be aligned, zero where that was asked for, and large enough; what it has keeps the pattern that it was filled with;
/// wrong frees are refused by their names; the counts are the model's, and every now and then all invariants hold. In the end all is given
/// back, and the heap has no more pages than before.
/// </remarks>
public sealed unsafe class HeapStress<TPages, TProcessor> : IStress
    where TPages : unmanaged, IPageSource
    where TProcessor : unmanaged, IProcessor
{
    private const int Slots = 2048;
    private const int PhaseOperations = 4000;
    private const ulong ClockPeriod = 128;
    private const ulong CountPeriod = 64;
    private const ulong ValidationPeriod = 8192;
    private const ulong ExhaustionPeriod = 16_384;
    private const ulong ProgressLines = 10;
    private const int MostExhausting = 64;
    private const uint CacheObjectBytes = 200;

    // Blocks are filled in full up to here; larger ones at both ends.
    private const uint FilledBytes = 2048;

    private readonly KernelHeap<TPages, TProcessor, MachineWords>* _heap;
    private readonly IWallClock _clock;
    private readonly nuint[] _addresses = new nuint[Slots];
    private readonly uint[] _sizes = new uint[Slots];
    private readonly byte[] _patterns = new byte[Slots];
    private readonly nuint[] _exhausting = new nuint[MostExhausting];
    private SlabCacheId _cache;
    private RandomWords _random;
    private string? _failure;
    private int _count;
    private ulong _operations;
    private ulong _allocations;
    private ulong _unserved;
    private ulong _refused;
    private ulong _moved;
    private ulong _resized;
    private ulong _liveBefore;
    private ulong _refusedBefore;

    /// <summary>Creates the test.</summary>
    /// <param name="heap">What is tested; it stays where it is.</param>
    /// <param name="clock">What tells when time is up.</param>
    public HeapStress(KernelHeap<TPages, TProcessor, MachineWords>* heap, IWallClock clock)
    {
        _heap = heap;
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "heap";

    /// <inheritdoc/>
    public string? Run(ITerminal terminal, StressBudget budget)
    {
        HeapWatcher.IsQuiet = true;
        Begin(budget.Seed);
        ulong start = _clock.Milliseconds;
        ulong elapsed = 0;
        ulong said = 0;
        while (_failure is null && !budget.IsSpent(_operations, elapsed))
        {
            Step();
            _operations++;
            if (_operations % ClockPeriod == 0) elapsed = _clock.Milliseconds - start;
            if (_operations % CountPeriod == 0) CheckCounts();
            if (_operations % ValidationPeriod == 0) Expect(_heap->Validate() == HeapInvariant.None, "an invariant of the heap is broken");
            ulong share = budget.Operations != 0 ? _operations * ProgressLines / budget.Operations : elapsed * ProgressLines / (budget.Seconds * 1000);
            if (share == said) continue;
            said = share;
            terminal.WriteLine("  " + _operations.ToString() + " operations, " + _count.ToString() + " blocks");
        }

        End();
        HeapWatcher.IsQuiet = false;
        if (_failure is not null) return "operation " + _operations.ToString() + ": " + _failure;
        terminal.WriteLine(
            _allocations.ToString() + " blocks, " + _unserved.ToString() + " requests not served, " + _resized.ToString() + " resized, "
            + _moved.ToString() + " of them moved, " + _refused.ToString() + " wrong frees refused, " + (_clock.Milliseconds - start).ToString() + " ms");
        return null;
    }

    private void Begin(ulong seed)
    {
        _random = new RandomWords(seed);
        _failure = null;
        (_count, _operations, _allocations, _unserved, _refused, _moved, _resized) = (0, 0, 0, 0, 0, 0, 0);
        Expect(_heap->TryCreateCache("stress", CacheObjectBytes, 64, null, out _cache), "no cache could be made");
        HeapStatistics before = _heap->GetStatistics();
        (_liveBefore, _refusedBefore) = (before.LiveBlocks, before.Refusals);
    }

    private void End()
    {
        while (_failure is null && _count != 0) FreeAt(_count - 1);
        CheckCounts();
        Expect(_heap->TryDestroyCache(_cache), "the cache has objects that nobody has");
        _heap->Trim();
        Expect(_heap->Validate() == HeapInvariant.None, "an invariant of the heap is broken");
    }

    private void Step()
    {
        bool isGrowing = (_operations / PhaseOperations) % 2 == 0;
        int choice = _random.Below(100);
        if (_operations % ExhaustionPeriod == ExhaustionPeriod - 1) Exhaust();
        else if (_count == 0 || (choice < (isGrowing ? 50 : 30) && _count < Slots)) Allocate();
        else if (choice < 80) FreeAt(_random.Below(_count));
        else if (choice < 92) ResizeAt(_random.Below(_count));
        else FreeWrongly(_random.Below(_count));
    }

    private void Allocate()
    {
        uint size = RandomSize();
        nuint alignment = 1;
        byte* block;
        switch (_random.Below(8))
        {
            case 0:
                block = _heap->AllocateZeroed(size);
                Expect(block == null || IsFilled(block, size, 0), "a zeroed block is not zero");
                break;
            case 1:
                alignment = (nuint)1 << _random.Below(14);
                block = _heap->AllocateAligned(size, alignment);
                break;
            case 2:
                size = CacheObjectBytes;
                alignment = 64;
                block = _heap->AllocateFrom(_cache);
                break;
            default:
                alignment = size >= 16 ? 16u : 8u;
                block = _heap->Allocate(size);
                break;
        }

        if (block == null)
        {
            _unserved++;
            return;
        }

        _allocations++;
        Expect((nuint)block % alignment == 0, "a block is not aligned");
        Expect(_heap->SizeOf(block) >= size, "a block is too small");
        (_addresses[_count], _sizes[_count], _patterns[_count]) = ((nuint)block, size, (byte)_random.Below(256));
        Fill(_count++);
    }

    // Mostly small, as a kernel's blocks are; one in 16 is large.
    private uint RandomSize()
    {
        int kind = _random.Below(16);
        if (kind == 0) return (uint)_random.Below(100_000) + 1;
        return (uint)_random.Below(kind < 4 ? 16_384 : kind < 8 ? 1024 : 128) + 1;
    }

    private void FreeAt(int index)
    {
        CheckContent(index);
        HeapFreeResult result = _heap->Free((void*)_addresses[index]);
        Expect(result == HeapFreeResult.Ok, "a block could not be freed");
        _count--;
        (_addresses[index], _sizes[index], _patterns[index]) = (_addresses[_count], _sizes[_count], _patterns[_count]);
    }

    private void ResizeAt(int index)
    {
        CheckContent(index);
        uint old = _sizes[index];
        uint size = _random.Below(2) == 0 ? old + (old / 4) + 1 : RandomSize();
        byte* block = _heap->Reallocate((void*)_addresses[index], size);
        if (block == null)
        {
            _unserved++;
            CheckContent(index);
            return;
        }

        _resized++;
        if ((nuint)block != _addresses[index]) _moved++;
        uint kept = old < size ? old : size;
        (_addresses[index], _sizes[index]) = ((nuint)block, kept);
        if (kept <= FilledBytes && old <= FilledBytes) CheckContent(index);
        _sizes[index] = size;
        Fill(index);
    }

    private void FreeWrongly(int index)
    {
        uint size = _sizes[index];
        if (size < 2) return;
        byte* inside = (byte*)_addresses[index] + 1 + _random.Below((int)size - 1);
        Expect(_heap->Free(inside) == HeapFreeResult.Interior, "a pointer into a block was not refused as one");
        _refused++;
        CheckContent(index);
    }

    private void Exhaust()
    {
        int held = 0;
        for (uint size = 1u << 30; size >= 4096 && held < MostExhausting; size /= 2)
        {
            for (byte* block = _heap->Allocate(size); block != null && held < MostExhausting; block = held < MostExhausting ? _heap->Allocate(size) : null)
                _exhausting[held++] = (nuint)block;
        }

        while (held != 0) Expect(_heap->Free((void*)_exhausting[--held]) == HeapFreeResult.Ok, "a block could not be freed after exhaustion");
    }

    private void CheckCounts()
    {
        HeapStatistics now = _heap->GetStatistics();
        Expect(now.LiveBlocks == _liveBefore + (ulong)_count, "the live blocks are not the model's");
        Expect(now.Refusals == _refusedBefore + _refused, "the refused frees were not counted one by one");
    }

    private void Fill(int index)
    {
        // SAFETY, both: the block is the model's, with so many bytes.
        byte* block = (byte*)_addresses[index];
        uint size = _sizes[index];
        for (uint i = 0; i < size && i < FilledBytes; i++) block[i] = _patterns[index];
        if (size > FilledBytes) block[size - 1] = _patterns[index];
    }

    private void CheckContent(int index)
    {
        byte* block = (byte*)_addresses[index];
        uint size = _sizes[index];
        bool isWhole = IsFilled(block, size < FilledBytes ? size : FilledBytes, _patterns[index]) && (size <= FilledBytes || block[size - 1] == _patterns[index]);
        Expect(isWhole, "the content of a block has changed");
    }

    private static bool IsFilled(byte* block, uint size, byte value)
    {
        for (uint i = 0; i < size; i++)
        {
            if (block[i] != value) return false;
        }

        return true;
    }

    private void Expect(bool condition, string what)
    {
        if (!condition) _failure ??= what;
    }
}
