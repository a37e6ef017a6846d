using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemOS.Memory.Heap;

namespace MemOS.Lab.Heaps;

/// <summary>A C library's <c>malloc</c>, called through pointers, the collector not told: a few instructions a call.</summary>
internal readonly unsafe struct NativeHeap : IReplayHeap
{
    private readonly delegate* unmanaged[SuppressGCTransition]<nuint, byte*> _allocate;
    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, nuint, byte*> _reallocate;
    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, void> _free;
    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, nuint> _sizeOf;
    private readonly delegate* unmanaged<MallocInfo> _information;
    private readonly ulong _footprintBefore;

    /// <param name="library">The library's file name.</param>
    /// <exception cref="LabException">It cannot be loaded.</exception>
    public NativeHeap(string library)
    {
        nint handle = HostLibrary.Load(library);
        _allocate = (delegate* unmanaged[SuppressGCTransition]<nuint, byte*>)NativeLibrary.GetExport(handle, "malloc");
        _reallocate = (delegate* unmanaged[SuppressGCTransition]<byte*, nuint, byte*>)NativeLibrary.GetExport(handle, "realloc");
        _free = (delegate* unmanaged[SuppressGCTransition]<byte*, void>)NativeLibrary.GetExport(handle, "free");
        _sizeOf = (delegate* unmanaged[SuppressGCTransition]<byte*, nuint>)NativeLibrary.GetExport(handle, "malloc_usable_size");
        if (NativeLibrary.TryGetExport(handle, "mallinfo2", out nint information)) _information = (delegate* unmanaged<MallocInfo>)information;
        _footprintBefore = FootprintNow;
    }

    /// <summary>What glibc has taken since this was made; that of the whole process, in which a little else allocates too.</summary>
    public ulong FootprintBytes => FootprintNow > _footprintBefore ? FootprintNow - _footprintBefore : 0;

    public ulong PeakFootprintBytes => 0;

    private ulong FootprintNow
    {
        get
        {
            if (_information == null) return 0;
            MallocInfo information = _information();
            return information.ArenaBytes + information.MappedBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Allocate(nuint sizeBytes) => _allocate(sizeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Reallocate(byte* block, nuint sizeBytes) => _reallocate(block, sizeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HeapFreeResult Free(byte* block)
    {
        _free(block);
        return HeapFreeResult.Ok;
    }

    public nuint SizeOf(byte* block) => _sizeOf(block);

    public string? FindBroken() => null;

    public void Dispose()
    {
    }

    /// <summary>glibc's struct mallinfo2: ten words.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallocInfo
    {
        public readonly nuint ArenaBytes;
        private readonly nuint _freeChunks;
        private readonly nuint _fastFreeChunks;
        private readonly nuint _mappedChunks;
        public readonly nuint MappedBytes;
        private readonly nuint _unused;
        private readonly nuint _fastFreeBytes;
        private readonly nuint _allocatedBytes;
        private readonly nuint _freeBytes;
        private readonly nuint _releasableBytes;
    }
}
