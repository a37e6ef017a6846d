using System.Runtime.CompilerServices;
using MemOS.Memory.Heap;

namespace MemOS.Lab.Heaps;

/// <summary>The kernel's heap over an arena, called through pointers as <see cref="NativeHeap"/> is: neither is inlined into the loop.</summary>
internal readonly unsafe struct SlabHeap : IReplayHeap
{
    private readonly HeapArena _arena;
    private readonly HostBlock _state;
    private readonly KernelHeap<ArenaPages>* _heap;
    private readonly delegate*<KernelHeap<ArenaPages>*, nuint, byte*> _allocate;
    private readonly delegate*<KernelHeap<ArenaPages>*, byte*, nuint, byte*> _reallocate;
    private readonly delegate*<KernelHeap<ArenaPages>*, byte*, bool> _free;

    /// <exception cref="LabException">The memory is not enough for the heap's tables.</exception>
    public SlabHeap(ulong memoryFrames)
    {
        _arena = new HeapArena(memoryFrames);

        // SAFETY: the block is as large as the struct, and stays where it is.
        _state = new HostBlock((ulong)sizeof(KernelHeap<ArenaPages>));
        _heap = (KernelHeap<ArenaPages>*)_state.Bytes;
        _allocate = &Allocate;
        _reallocate = &Reallocate;
        _free = &Free;
        if (_heap->TryInitialize(_arena.Pages, _arena.Window)) return;
        Dispose();
        throw new LabException("that is not enough memory for the heap's tables");
    }

    public ulong FootprintBytes => _arena.UsedBytes;

    public ulong PeakFootprintBytes => _arena.PeakBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Allocate(nuint sizeBytes) => _allocate(_heap, sizeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Reallocate(byte* block, nuint sizeBytes) => _reallocate(_heap, block, sizeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Free(byte* block) => _free(_heap, block);

    public nuint SizeOf(byte* block) => _heap->SizeOf(block);

    public string? FindBroken()
    {
        HeapInvariant broken = _heap->Validate();
        return broken == HeapInvariant.None ? null : $"I{(int)broken} ({broken})";
    }

    public void Dispose()
    {
        _state.Dispose();
        _arena.Dispose();
    }

    private static byte* Allocate(KernelHeap<ArenaPages>* heap, nuint sizeBytes) => heap->Allocate(sizeBytes);

    private static byte* Reallocate(KernelHeap<ArenaPages>* heap, byte* block, nuint sizeBytes) => heap->Reallocate(block, sizeBytes);

    private static bool Free(KernelHeap<ArenaPages>* heap, byte* block) => heap->Free(block) == HeapFreeResult.Ok;
}
