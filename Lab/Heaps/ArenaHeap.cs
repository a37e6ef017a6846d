using System;
using System.Runtime.CompilerServices;
using System.Text;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Heap;

namespace MemOS.Lab.Heaps;

/// <summary>The kernel's heap over an arena, called through pointers as <see cref="NativeHeap"/> is: neither is inlined into the loop.</summary>
internal readonly unsafe struct ArenaHeap : IReplayHeap
{
    private readonly HeapArena _arena;
    private readonly HostBlock _state;
    private readonly HostBlock _policy;
    private readonly HostBlock _processor;
    private readonly KernelHeap<ArenaPages, LoneProcessor, MachineWords>* _heap;
    private readonly delegate*<KernelHeap<ArenaPages, LoneProcessor, MachineWords>*, nuint, byte*> _allocate;
    private readonly delegate*<KernelHeap<ArenaPages, LoneProcessor, MachineWords>*, byte*, nuint, byte*> _reallocate;
    private readonly delegate*<KernelHeap<ArenaPages, LoneProcessor, MachineWords>*, byte*, HeapFreeResult> _free;

    /// <param name="memoryFrames">The memory of the machine that it thinks it is in.</param>
    /// <param name="policy">What serves its small blocks: a name of <see cref="HeapPolicies"/>, or slabs.</param>
    /// <param name="watch">How closely it looks at what its callers do.</param>
    /// <exception cref="LabException">The memory is not enough for the heap's tables.</exception>
    public ArenaHeap(ulong memoryFrames, string policy, HeapWatch watch)
    {
        _arena = new HeapArena(memoryFrames);

        // SAFETY: the block is as large as the struct, and stays where it is.
        _state = new HostBlock((ulong)sizeof(KernelHeap<ArenaPages, LoneProcessor, MachineWords>));
        _heap = (KernelHeap<ArenaPages, LoneProcessor, MachineWords>*)_state.Bytes;
        byte[] name = Encoding.ASCII.GetBytes(policy == HeapPolicies.Default ? "" : policy);
        _policy = new HostBlock((ulong)name.Length);
        name.CopyTo(new Span<byte>(_policy.Bytes, name.Length));
        _processor = new HostBlock(LoneProcessor.StorageBytes);
        _allocate = &Allocate;
        _reallocate = &Reallocate;
        _free = &Free;
        HeapOptions options = new() { Watch = watch, Policy = new TextSlice(_policy.Bytes, name.Length) };
        if (_heap->TryInitialize(_arena.Pages, _arena.Window, in options, new LoneProcessor(_processor.Bytes))) return;
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
    public HeapFreeResult Free(byte* block) => _free(_heap, block);

    public nuint SizeOf(byte* block) => _heap->SizeOf(block);

    public string? FindBroken()
    {
        HeapInvariant broken = _heap->Validate();
        if (broken != HeapInvariant.None) return $"I{(int)broken} ({broken})";
        if (_heap->CheckBlocks() == 0) return null;
        _heap->TryGetFault(0, out HeapFault fault);
        return $"that nobody writes outside of blocks: {fault.Kind.Description()}";
    }

    public void Dispose()
    {
        _state.Dispose();
        _policy.Dispose();
        _processor.Dispose();
        _arena.Dispose();
    }

    private static byte* Allocate(KernelHeap<ArenaPages, LoneProcessor, MachineWords>* heap, nuint sizeBytes) => heap->Allocate(sizeBytes);

    private static byte* Reallocate(KernelHeap<ArenaPages, LoneProcessor, MachineWords>* heap, byte* block, nuint sizeBytes) => heap->Reallocate(block, sizeBytes);

    private static HeapFreeResult Free(KernelHeap<ArenaPages, LoneProcessor, MachineWords>* heap, byte* block) => heap->Free(block);
}
